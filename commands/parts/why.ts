import type { Channel } from '../../src/core/channel.ts';
import { longDate } from '../../src/core/clock.ts';
import type { Digest, DigestEntry } from '../../src/core/digest.ts';
import { describeMatches, describeNudge, recallText } from '../../src/core/digest-text.ts';
import { type AnnounceType, announceTypes, type IsoDate, type Paper } from '../../src/core/paper.ts';
import { countOf } from '../../src/core/paper-text.ts';
import type { UnlikelyPaper } from '../../src/core/prefilter.ts';
import type { Cutoffs, Score } from '../../src/core/score.ts';
import type { PaperAnnouncement, Stores } from '../../src/core/stores.ts';
import { scoreText } from './paper-lines.ts';

const or = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '');

const typeWords = {
  new: 'new',
  cross: 'cross-listed',
  replace: 'replaced',
  'replace-cross': 'replaced (cross-listed)',
} satisfies Record<AnnounceType, string>;

const typesText = (types: readonly AnnounceType[]): string => or(types.map((type) => typeWords[type]));

/** What a score falls short of: "relevance 6 is under the cutoff of 8"; empty where it passes. */
const shortfall = (score: Pick<Score, 'relevance' | 'novelty'>, cutoffs: Cutoffs): string =>
  (['relevance', 'novelty'] as const)
    .filter((of) => score[of] < cutoffs[of])
    .map((of) => `${of} ${score[of]} is under the cutoff of ${cutoffs[of]}`)
    .join(' and ');

/** Why the prefilter kept a paper from being read. */
const whySkipped = ({ date, counts, prefilter }: Digest, { paperId, place }: UnlikelyPaper): string => {
  const recall = prefilter && 'recall' in prefilter ? prefilter.recall : 0;
  const likely = `number ${place} of the ${counts.scanned} papers`;
  return `Skipped on ${longDate(date)}, to save tokens: going by earlier picks it was ${likely}, too unlikely to be read. What was read has about ${recallText(recall)} of the picks. To have it read: /arxiv rescore ${paperId}`;
};

/** What a paper that the prefilter skipped has got since then. */
const whyReadLater = ({ date, cutoffs }: Digest, score: Score): string => {
  const short = shortfall(score, cutoffs);
  const since = short
    ? `${short}, as was found since`
    : `its score since then of ${scoreText(score)} passes the cutoffs`;
  return `Skipped as unlikely on ${longDate(date)}, to save tokens; ${since}.`;
};

/** Why a paper that was announced on a digest's day is not in it. */
const whyNotIn = (digest: Digest, score: Score | undefined, unlikely: UnlikelyPaper | undefined): string => {
  const { counts, entries, authorCheck, cutoffs } = digest;
  const day = longDate(digest.date);
  if (unlikely && !unlikely.isSampled) return score ? whyReadLater(digest, score) : whySkipped(digest, unlikely);
  if (!score && authorCheck && authorCheck.minHIndex > 0 && authorCheck.below > 0)
    return `It was announced on ${day} but has no score: most likely none of its authors has the h-index of ${authorCheck.minHIndex} that is asked for.`;
  if (!score) return `It was announced on ${day} but could not be scored, or was posted before.`;
  const short = shortfall(score, cutoffs);
  if (short) return `Not picked on ${day}: ${short}.`;
  if (counts.relevant > entries.length)
    return `It passed on ${day}, but only the best ${entries.length} of ${counts.relevant} ${entries.length === 1 ? 'was' : 'were'} posted${entries.some(({ nudge }) => nudge) ? ', by score and your votes' : ''}.`;
  return `Its score of ${scoreText(score)} passes the cutoffs now, but it was not picked on ${day}.`;
};

/** What the gate holds against the announcements of a paper; undefined where it lets them pass. */
const heldBack = (
  paper: Paper,
  channel: Pick<Channel, 'name' | 'categories' | 'announceTypes' | 'primaryOnly'>,
  announced: readonly PaperAnnouncement[],
  here: readonly PaperAnnouncement[],
): string | undefined => {
  const { name, categories, primaryOnly } = channel;
  if (announced.length === 0) return 'No announcement that I have seen has it.';
  if (here.length === 0) {
    const elsewhere = or([...new Set(announced.map(({ category }) => category))]);
    return `It was announced in ${elsewhere}; ${name} reads ${or(categories)}.`;
  }
  if (!here.some(({ type }) => channel.announceTypes.includes(type))) {
    const types = announceTypes.filter((type) => here.some((one) => one.type === type));
    return `It was announced only as ${typesText(types)}; ${name} reads what is ${typesText(channel.announceTypes)}.`;
  }
  if (primaryOnly && !categories.includes(paper.categories[0] ?? ''))
    return `Its primary category is ${paper.categories[0]}; ${name} reads only papers whose primary one is ${or(categories)}.`;
  return undefined;
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

/** Why a channel was sent a paper, or why not: a sentence for each day that picked it, else for its newest announcement. */
export const whyText = async (
  stores: Pick<Stores, 'digests'>,
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
  const here = announced.filter(({ category }) => channel.categories.includes(category));
  const held = heldBack(paper, channel, announced, here);
  if (held) return [held];
  const day = here.find(({ type }) => channel.announceTypes.includes(type))?.date;
  const digest = day === undefined ? undefined : await stores.digests.find(channel.name, day);
  if (day === undefined || !digest || digest.sample)
    return [`It was announced on ${day ? longDate(day) : 'no day'}, of which ${channel.name} has no digest.`];
  const unlikely = await stores.digests.unlikely(digest.digestId, paper.id);
  return [whyNotIn(digest, scoreUnder(digest.rubric, scores), unlikely)];
};
