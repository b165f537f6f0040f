import { lastRetraction } from '../src/core/changes.ts';
import type { Channel } from '../src/core/channel.ts';
import { defineCommand } from '../src/core/command.ts';
import { arxivTimeZone, dateIn, dayText, longDate } from '../src/core/dates.ts';
import type { Digest, DigestEntry } from '../src/core/digest.ts';
import { bulletList, button, buttonRow, heading, type Inline, message, note, paragraph } from '../src/core/message.ts';
import { createMute } from '../src/core/mute.ts';
import {
  authorsLine,
  countOf,
  type IsoDate,
  isSamplePaper,
  linkedTitle,
  type Paper,
  paperLinks,
  shorten,
} from '../src/core/paper.ts';
import {
  type BuiltInScore,
  type Cutoffs,
  isBuiltIn,
  isByModel,
  isSameScore,
  matchText,
  type Points,
  positionText,
  type Score,
  scorerName,
  scoreText,
} from '../src/core/score.ts';
import type { UnlikelyPaper } from '../src/core/screening.ts';
import type { PaperAnnouncement, Stores } from '../src/core/stores.ts';
import { votesText } from '../src/core/votes.ts';
import { currentScores } from '../src/digest/current-score.ts';
import { describeMatches, describeNudge, describeRecall } from '../src/digest/text.ts';
import { channelIfAny } from './shared/people.ts';
import { announcedHere, heldBack } from './shared/screening.ts';

const maxRaters = 8;

/**
 * One line for each scorer: its newest score with the date in the time zone, and its previous score. Omits an equal
 * score from the same day, because a paper can be scored several times a day. Scores under other topics come last.
 * @param scores Newest first.
 */
const raterLines = (scores: readonly Score[], rubric: string | undefined, timeZone: string): Inline[][] => {
  const raters = new Map<string, Score[]>();
  for (const score of scores) {
    const name = scorerName(score);
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
      const other = earlier.find((one) => !isSameScore(one, newest) || on(one) !== on(newest));
      const before = other ? `; before that, ${scoreText(other)} on ${on(other)}` : '';
      const under = isOther(key) ? ' under other topics' : '';
      return [[{ text: scoreText(newest), bold: true }, ` by ${key.slice(1)}${under} on ${on(newest)}${before}`]];
    });
};

const shortfall = (score: Points, cutoffs: Cutoffs): string =>
  (['relevance', 'novelty'] as const)
    .filter((of) => score[of] < cutoffs[of])
    .map((of) => `${of} ${score[of]} is below the cutoff of ${cutoffs[of]}`)
    .join(' and ');

/** Why the built-in scorer did not pick a paper; empty for a digest without its limits. */
const notMatched = (score: BuiltInScore, { matchLimits, entries }: Digest): string => {
  if (!matchLimits) return '';
  const { floor } = matchLimits;
  if (score.match === 0) return 'it has no word of the topics';
  if (score.match < floor) return `match ${matchText(score.match)} is below the floor of ${matchText(floor)}`;
  const picked = entries.filter((entry) => entry.reason.kind === 'match').length;
  return picked === 0
    ? 'the language model’s papers filled the digest'
    : `it is ${positionText(score)}, and only the best ${picked} by the built-in scorer ${picked === 1 ? 'was' : 'were'} picked`;
};

const whyScreenedOut = (
  digest: Digest,
  { paperId, position }: UnlikelyPaper,
  later: Score | undefined,
  timeZone: string,
): string => {
  const { date, counts, prefilter, cutoffs } = digest;
  const why = `Screened out on ${longDate(date)} to save tokens: judging by the topics and earlier picks, it was number ${position} of ${countOf(counts.scanned, 'paper')}, too unlikely to be picked.`;
  if (!later) return `${why} In general, ${describeRecall(prefilter)}. To score it: /arxiv rescore ${paperId}`;
  const verdict =
    (isByModel(later) && shortfall(later, cutoffs)) || 'this score reaches the cutoffs, but the digest stays unchanged';
  return `${why} It was scored later, on ${dayText(dateIn(new Date(later.createdAt), timeZone))}, with ${scoreText(later)}: ${verdict}.`;
};

/**
 * True if a score is newer than the digest that screened the paper out. Ignores scores by another model or the built-in
 * scorer, such as those from a preview.
 */
const isLater = ({ engine, model, createdAt }: Score, digest: Digest): boolean =>
  engine !== 'local' && (digest.engines.some((one) => one.model === model) || createdAt >= digest.createdAt);

const whyNotIn = (
  digest: Digest,
  score: Score | undefined,
  unlikely: UnlikelyPaper | undefined,
  timeZone: string,
): string => {
  const { counts, entries, authorCheck, cutoffs } = digest;
  const day = longDate(digest.date);
  if (unlikely && !unlikely.isSampled)
    return whyScreenedOut(digest, unlikely, score && isLater(score, digest) ? score : undefined, timeZone);
  if (!score && authorCheck && authorCheck.minHIndex > 0 && authorCheck.below > 0)
    return `Announced on ${day}, but not scored: most likely no author has an h-index of ${authorCheck.minHIndex} or higher.`;
  if (!score) return `Announced on ${day}, but it could not be scored or was posted before.`;
  const short = isBuiltIn(score) ? notMatched(score, digest) : shortfall(score, cutoffs);
  if (short) return `Not picked on ${day}: ${short}.`;
  if (counts.relevant > entries.length) {
    const were = entries.length === 1 ? 'was' : 'were';
    const byVotes = entries.some(({ nudge }) => nudge) ? ', by score and your votes' : '';
    return `Picked on ${day}, but only the best ${entries.length} of ${counts.relevant} ${were} posted${byVotes}.`;
  }
  return `Its score of ${scoreText(score)} is high enough now, but it was not picked on ${day}.`;
};

/** The newest score under a rubric. A language model's score takes precedence over the built-in scorer's. */
const scoreUnder = (rubric: string, scores: readonly Score[]): Score | undefined => {
  const under = scores.filter((score) => score.rubric === rubric);
  return under.find(({ engine }) => engine !== 'local') ?? under[0];
};

/** "cutoffs: relevance 8, novelty 7", or "3rd of 383 · match 97%; the floor is 96%". */
const whyPicked = ({ score }: DigestEntry, { cutoffs, matchLimits }: Digest): string => {
  if (isByModel(score)) return `cutoffs: relevance ${cutoffs.relevance}, novelty ${cutoffs.novelty}`;
  return matchLimits ? `${scoreText(score)}; the floor is ${matchText(matchLimits.floor)}` : scoreText(score);
};

const pickedText = (date: IsoDate, entry: DigestEntry, digest: Digest | undefined): string => {
  const matches = describeMatches(entry);
  const nudge = describeNudge(entry);
  const of = digest ? ` of ${digest.entries.length}` : '';
  const why = matches || (digest ? whyPicked(entry, digest) : '');
  const isCut = digest !== undefined && digest.counts.relevant > digest.entries.length;
  const cut = isCut
    ? ` Of ${countOf(digest.counts.relevant, 'picked paper')}, the best ${digest.entries.length} by score and votes were posted.`
    : '';
  const moved = nudge ? ` Your votes moved it by ${nudge}.${cut}` : '';
  return `Picked on ${longDate(date)} as number ${entry.rank}${of}${why ? ` (${why})` : ''}.${moved}`;
};

const whyNoDigest = async (
  { changes }: Pick<Stores, 'changes'>,
  { name, timezone }: Channel,
  date: IsoDate,
): Promise<string> => {
  const announced = `Announced on ${longDate(date)}`;
  const retraction = await lastRetraction(name, date, changes);
  return retraction
    ? `${announced}; the digest of that day was retracted on ${dayText(dateIn(new Date(retraction.at), timezone))}.`
    : `${announced}, but ${name} has no digest for that day.`;
};

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
  if (!newest) return [];
  const digest = await stores.digests.find(channel.name, newest.date);
  if (!digest) return [await whyNoDigest(stores, channel, newest.date)];
  const unlikely = await stores.digests.unlikely(digest.digestId, paper.id);
  const muted = digest.counts.muted ? createMute(channel.mute)(paper) : undefined;
  if (muted !== undefined && !unlikely)
    return [`Announced on ${longDate(digest.date)}, but it has the muted word or phrase "${muted}".`];
  return [whyNotIn(digest, scoreUnder(digest.rubric, scores), unlikely, channel.timezone)];
};

/** In UTF-16 units. A button shows the full text. */
const maxAbstractLength = 1_200;
const maxDates = 4;

const datesText = (announced: readonly PaperAnnouncement[]): string => {
  if (announced.length === 0) return 'Fetched from arXiv; not in any announcement that Paperboy has read.';
  const byDate = new Map<string, string[]>();
  for (const { date, category, type } of announced)
    byDate.set(date, [...(byDate.get(date) ?? []), `${category} ${type}`]);
  const dates = [...byDate].map(([date, categories]) => `${dayText(date)} (${categories.join(', ')})`);
  const more = dates.length > maxDates ? ` and ${countOf(dates.length - maxDates, 'time')} before` : '';
  return `Announced ${dates.slice(0, maxDates).join('; ')}${more}`;
};

const linksOf = (paper: Paper): Inline[] =>
  isSamplePaper(paper)
    ? paperLinks(paper)
    : [...paperLinks(paper), ' · ', { text: 'alphaXiv', url: `https://www.alphaxiv.org/abs/${paper.id}` }];

const metadataText = ({ categories, comments, journalReference, doi }: Paper): string =>
  [categories.join(', '), comments, journalReference, doi && `doi:${doi}`].filter(Boolean).join(' · ');

const judgedTitle = (judged: readonly unknown[], scores: readonly Score[]): string => {
  if (judged.length === 0) return 'Not scored yet.';
  return scores.some(isBuiltIn) ? 'Scores:' : 'Relevance + novelty:';
};

const paperOption = { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' } as const;

export const show = defineCommand({
  name: 'show',
  summary: 'Show one paper: scores, abstract, and why it was picked or not',
  examples: ['show 2503.07639', 'show https://arxiv.org/abs/2503.07639'],
  aliases: [
    'view',
    'open',
    'read',
    'pdf',
    'link',
    'download',
    'explain',
    'summarize',
    'summarise',
    'summary',
    'details',
    'tell me about',
    'what about',
    'why',
    'info',
    'about',
  ],
  options: { paper: paperOption },

  async run(context, { paper: id }) {
    const { stores, services, person, signal } = context;
    const paper = await services.papers.find(id, signal, person);
    const channel = await channelIfAny(context);
    const [announced, stored, saved] = await Promise.all([
      stores.announcements.datesOf(paper.id),
      stores.scores.ofPaper(paper.id),
      stores.saved.list(person),
    ]);
    // Where no channel posts, nobody is known to belong to one, so that its scores stay its own.
    const scores = channel ? stored : [];
    const isSample = isSamplePaper(paper);
    const votes = channel && (await stores.reactions.votes(channel.name, [paper.id])).get(paper.id);
    const why = channel && !isSample ? await whyText(stores, channel, paper, announced, scores) : [];
    const raters = raterLines(scores, channel?.rubric.hash, channel?.timezone ?? arxivTimeZone);
    const current = channel && (await currentScores([paper.id], channel, stores)).get(paper.id);
    const isSaved = saved.some((one) => one.paper.id === paper.id);
    const abstractText = shorten(paper.abstract, maxAbstractLength);
    const judged = [...raters, ...(votes ? [`${votesText(votes).trim()} in ${channel?.name}`] : [])];
    return message(`${paper.title} (${paper.id})`, [
      paragraph(linkedTitle(paper, true)),
      paragraph({ text: authorsLine(paper.authors), italic: true }),
      note(metadataText(paper)),
      note(!isSample && datesText(announced)),
      paragraph(channel && judgedTitle(judged, scores)),
      bulletList(judged),
      paragraph(current?.comment),
      why.map((sentence) => paragraph(channel ? `${channel.name}: ${sentence}` : sentence)),
      paragraph(abstractText),
      note(...linksOf(paper)),
      !isSample &&
        buttonRow(
          button('Similar', ['similar', paper.id]),
          isSaved ? button('Unsave', ['unsave', paper.id]) : button('Save', ['save', paper.id]),
          services.model !== undefined && button('Rescore', ['rescore', paper.id]),
          services.model !== undefined && button('Ask', ['ask', paper.id]),
          abstractText !== paper.abstract && button('Abstract', ['abstract', paper.id]),
        ),
    ]);
  },
});

export const abstract = defineCommand({
  name: 'abstract',
  summary: 'Show the whole abstract of a paper',
  examples: ['abstract 2503.07639'],
  isHidden: true,
  options: { paper: paperOption },

  async run({ services, person, signal }, { paper: id }) {
    const paper = await services.papers.find(id, signal, person);
    return message(
      `Abstract of ${paper.title}`,
      [
        heading('Abstract'),
        paragraph(linkedTitle(paper, true)),
        paragraph({ text: authorsLine(paper.authors), italic: true }),
        paragraph(paper.abstract),
        note(metadataText(paper)),
        note(...linksOf(paper)),
        buttonRow(button('Show paper', ['show', paper.id]), button('Save', ['save', paper.id])),
      ],
      { isDialog: true },
    );
  },
});
