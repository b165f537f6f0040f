import { lastRetraction } from '../src/core/changes.ts';
import type { Channel } from '../src/core/channel.ts';
import { arxivTimeZone, dateIn, longDate } from '../src/core/clock.ts';
import { defineCommand } from '../src/core/command.ts';
import type { Digest, DigestEntry } from '../src/core/digest.ts';
import type { Block, Inline } from '../src/core/message.ts';
import { type IsoDate, isSamplePaper, type Paper } from '../src/core/paper.ts';
import { authorsLine, countOf, linkedTitle, paperLinks, shorten } from '../src/core/paper-text.ts';
import type { UnlikelyPaper } from '../src/core/prefilter.ts';
import type { Cutoffs, Score } from '../src/core/score.ts';
import type { PaperAnnouncement, Stores } from '../src/core/stores.ts';
import { currentScores } from '../src/digest/current-score.ts';
import { describeMatches, describeNudge, recallText } from '../src/digest/text.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { dayText } from './shared/dates.ts';
import { scoreText, votesText } from './shared/paper-lines.ts';
import { channelIfAny } from './shared/people.ts';
import { announcedHere, heldBack } from './shared/screening.ts';

const isSame = (one: Score, other: Score): boolean =>
  one.relevance === other.relevance && one.novelty === other.novelty;

/** More raters and topics than anybody reads about. */
const maxRaters = 8;

/**
 * Who scored a paper, a line each: the newest score with its day in the time zone and what it was before; the
 * same score once more on the same day, as where each paper is asked about several times, is not told. Scores under other topics than the channel's are
 * named as such and come last.
 *
 * @param scores Newest first.
 */
const raterLines = (scores: readonly Score[], rubric: string | undefined, timeZone: string): Inline[][] => {
  const raters = new Map<string, Score[]>();
  for (const score of scores) {
    const name = score.engine === 'local' ? 'the built-in scorer' : score.model;
    const isOther = rubric !== undefined && score.rubric !== rubric;
    const key = `${isOther ? '1' : '0'}${name}`;
    raters.set(key, [...(raters.get(key) ?? []), score]);
  }
  const isOther = (key: string): number => Number(key.startsWith('1'));
  return [...raters]
    .toSorted(([a], [b]) => isOther(a) - isOther(b))
    .slice(0, maxRaters)
    .flatMap(([key, [newest, ...earlier]]): Inline[][] => {
      if (!newest) return [];
      const on = (score: Score): string => dayText(dateIn(new Date(score.createdAt), timeZone));
      const other = earlier.find((one) => !isSame(one, newest) || on(one) !== on(newest));
      const before = other ? `, before that ${scoreText(other)} on ${on(other)}` : '';
      const under = isOther(key) ? ' under other topics' : '';
      return [[{ text: scoreText(newest), bold: true }, ` by ${key.slice(1)}${under} on ${on(newest)}${before}`]];
    });
};

/** What a score falls short of: "relevance 6 is under the cutoff of 8"; empty where it passes. */
const shortfall = (score: Pick<Score, 'relevance' | 'novelty'>, cutoffs: Cutoffs): string =>
  (['relevance', 'novelty'] as const)
    .filter((of) => score[of] < cutoffs[of])
    .map((of) => `${of} ${score[of]} is under the cutoff of ${cutoffs[of]}`)
    .join(' and ');

/** Why the prefilter kept a paper from being read, and what became of it since. */
const whySkipped = (
  digest: Digest,
  { paperId, position }: UnlikelyPaper,
  later: Score | undefined,
  timeZone: string,
) => {
  const { date, counts, prefilter, cutoffs } = digest;
  const recall = prefilter && 'recall' in prefilter ? prefilter.recall : 0;
  const skipped = `Skipped on ${longDate(date)}, to save tokens: going by earlier picks it was number ${position} of the ${counts.scanned} papers, too unlikely to be read.`;
  if (!later)
    return `${skipped} What was read has about ${recallText(recall)} of the picks. To have it read: /arxiv rescore ${paperId}`;
  const short = shortfall(later, cutoffs);
  const became = short || 'that passes the cutoffs, but the digest stays as it was made';
  return `${skipped} It was asked about later, on ${dayText(dateIn(new Date(later.createdAt), timeZone))}, and got ${scoreText(later)}: ${became}.`;
};

/**
 * Whether a skipped paper got a score after its day: what the model of the day had read already was not skipped. What another
 * one said before does not count, nor what the built-in scorer says, as when other topics are tried out.
 */
const isLater = ({ engine, model, createdAt }: Score, digest: Digest): boolean =>
  engine !== 'local' && (digest.engines.some((one) => one.model === model) || createdAt >= digest.createdAt);

/** Why a paper that was announced on a digest's day is not in it. */
const whyNotIn = (
  digest: Digest,
  score: Score | undefined,
  unlikely: UnlikelyPaper | undefined,
  timeZone: string,
): string => {
  const { counts, entries, authorCheck, cutoffs } = digest;
  const day = longDate(digest.date);
  if (unlikely && !unlikely.isSampled)
    return whySkipped(digest, unlikely, score && isLater(score, digest) ? score : undefined, timeZone);
  if (!score && authorCheck && authorCheck.minHIndex > 0 && authorCheck.below > 0)
    return `It was announced on ${day} but has no score: most likely none of its authors has the h-index of ${authorCheck.minHIndex} that is asked for.`;
  if (!score) return `It was announced on ${day} but could not be scored, or was posted before.`;
  const short = shortfall(score, cutoffs);
  if (short) return `Not picked on ${day}: ${short}.`;
  if (counts.relevant > entries.length)
    return `It passed on ${day}, but only the best ${entries.length} of ${counts.relevant} ${entries.length === 1 ? 'was' : 'were'} posted${entries.some(({ nudge }) => nudge) ? ', by score and your votes' : ''}.`;
  return `Its score of ${scoreText(score)} passes the cutoffs now, but it was not picked on ${day}.`;
};

/** A score that counts for a digest's day: the newest of its rubric, a model's before the built-in scorer's. */
const scoreUnder = (rubric: string, scores: readonly Score[]): Score | undefined => {
  const under = scores.filter((score) => score.rubric === rubric);
  return under.find(({ engine }) => engine !== 'local') ?? under[0];
};

const pickedText = (date: IsoDate, entry: DigestEntry, digest: Digest | undefined): string => {
  const matches = describeMatches(entry);
  const nudge = describeNudge(entry);
  const of = digest ? ` of ${digest.entries.length}` : '';
  const { relevance, novelty } = digest?.cutoffs ?? {};
  const why = matches || (digest ? `relevance ${relevance} and novelty ${novelty} or more were asked for` : '');
  const isCut = digest !== undefined && digest.counts.relevant > digest.entries.length;
  const cut = isCut
    ? ` Of ${digest.counts.relevant} that passed, ${countOf(digest.entries.length, 'paper')} came in by score and votes.`
    : '';
  const moved = nudge ? ` Moved by your votes, ${nudge}.${cut}` : '';
  return `Picked on ${longDate(date)} as number ${entry.rank}${of}${why ? ` (${why})` : ''}.${moved}`;
};

const whyNoDigest = async (
  { changes }: Pick<Stores, 'changes'>,
  { name, timezone }: Channel,
  date: IsoDate | undefined,
): Promise<string> => {
  const announced = `It was announced on ${date ? longDate(date) : 'no day'}`;
  const retraction = date && (await lastRetraction(name, date, changes));
  return retraction
    ? `${announced}; that day’s digest was taken back on ${dayText(dateIn(new Date(retraction.at), timezone))}.`
    : `${announced}, of which ${name} has no digest.`;
};

/** Why a channel was sent a paper, or why not: a sentence for each day that picked it, else for its newest announcement. */
const whyText = async (
  stores: Pick<Stores, 'changes' | 'digests'>,
  channel: Channel,
  paper: Paper,
  announced: readonly PaperAnnouncement[],
  scores: readonly Score[],
): Promise<string[]> => {
  const picked = await stores.digests.withPaper(channel.name, paper.id);
  if (picked.length > 0)
    return Promise.all(
      picked.slice(0, 3).map(async ({ date, entry }) => {
        const digest = await stores.digests.find(channel.name, date);
        return pickedText(date, entry, digest);
      }),
    );
  const held = heldBack(paper, channel, announced);
  if (held) return [held];
  const [newest] = announcedHere(channel, announced);
  const digest = newest && (await stores.digests.find(channel.name, newest.date));
  if (!newest || !digest) return [await whyNoDigest(stores, channel, newest?.date)];
  const unlikely = await stores.digests.unlikely(digest.digestId, paper.id);
  return [whyNotIn(digest, scoreUnder(digest.rubric, scores), unlikely, channel.timezone)];
};

/** In UTF-16 units; the whole abstract is a button away. */
const abstractShown = 1_200;
const datesShown = 4;

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

/** "Announced 8 July 2025 (cs.LG new, cs.AI cross)", the newest first. */
const datesText = (announced: readonly PaperAnnouncement[]): string => {
  if (announced.length === 0) return 'Not announced since I began; fetched from arXiv.';
  const byDate = new Map<string, string[]>();
  for (const { date, category, type } of announced)
    byDate.set(date, [...(byDate.get(date) ?? []), `${category} ${type}`]);
  const dates = [...byDate].map(([date, places]) => `${dayText(date)} (${places.join(', ')})`);
  const more = dates.length > datesShown ? ` and ${dates.length - datesShown} times before` : '';
  return `Announced ${dates.slice(0, datesShown).join('; ')}${more}`;
};

const linksOf = (paper: Paper): Inline[] =>
  isSamplePaper(paper)
    ? paperLinks(paper)
    : [...paperLinks(paper), ' · ', { text: 'alphaXiv', url: `https://www.alphaxiv.org/abs/${paper.id}` }];

const aboutText = ({ categories, comments, journalReference, doi }: Paper): string =>
  [categories.join(', '), comments, journalReference, doi && `doi:${doi}`].filter(Boolean).join(' · ');

export const show = defineCommand({
  name: 'show',
  summary: 'one paper: its scores, why it was picked or not, its abstract',
  examples: ['show 2503.07639', 'show https://arxiv.org/abs/2503.07639'],
  options: { paper: { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' } },

  async run(context, { paper: id }) {
    const { stores, services, person, signal } = context;
    const paper = await services.papers.find(id, signal);
    const channel = await channelIfAny(context);
    const [announced, scores, saved] = await Promise.all([
      stores.announcements.datesOf(paper.id),
      stores.scores.ofPaper(paper.id),
      stores.saved.list(person),
    ]);
    const votes = channel && (await stores.reactions.votes(channel.name, [paper.id])).get(paper.id);
    const why = channel && !isSamplePaper(paper) ? await whyText(stores, channel, paper, announced, scores) : [];
    const raters = raterLines(scores, channel?.rubric.hash, channel?.timezone ?? arxivTimeZone);
    const ours = channel ? (await currentScores([paper.id], channel, stores)).get(paper.id) : scores[0];
    const isSaved = saved.some((one) => one.paper.id === paper.id);
    const abstract = shorten(paper.abstract, abstractShown);
    const listed: Inline[][] = [
      ...raters,
      ...(votes ? [[`${votesText(votes).trim()} by people of ${channel?.name}`]] : []),
    ];
    return {
      summary: `${paper.title} (${paper.id})`,
      blocks: [
        paragraph(linkedTitle(paper, true)),
        paragraph({ text: authorsLine(paper.authors), italic: true }),
        { type: 'note', content: [aboutText(paper)] },
        ...(isSamplePaper(paper) ? [] : [{ type: 'note' as const, content: [datesText(announced)] }]),
        ...(listed.length > 0
          ? [paragraph('Relevance + novelty:'), { type: 'list' as const, ordered: false, items: listed }]
          : [paragraph('Nobody has scored it yet.')]),
        ...(ours ? [paragraph(ours.comment)] : []),
        ...why.map((sentence) => paragraph(channel ? `${channel.name}: ${sentence}` : sentence)),
        paragraph(abstract),
        { type: 'note', content: linksOf(paper) },
        ...buttonsBlock(
          isSamplePaper(paper)
            ? []
            : [
                ...button('More like this', ['similar', paper.id]),
                ...(isSaved ? button('Unsave', ['unsave', paper.id]) : button('Save', ['save', paper.id])),
                ...button('Rescore', ['rescore', paper.id]),
                ...button('Ask a question', ['ask', paper.id]),
                ...(abstract === paper.abstract ? [] : button('Abstract', ['abstract', paper.id])),
              ],
        ),
      ],
    };
  },
});
