import type { Channel } from '../../src/core/channel.ts';
import { dateIn, longDate } from '../../src/core/clock.ts';
import type { Digest, DigestEntry } from '../../src/core/digest.ts';
import { describeMatches, describeNudge, recallText } from '../../src/core/digest-text.ts';
import type { IsoDate, Paper } from '../../src/core/paper.ts';
import { countOf } from '../../src/core/paper-text.ts';
import type { UnlikelyPaper } from '../../src/core/prefilter.ts';
import { lastRetraction } from '../../src/core/retracted.ts';
import type { Cutoffs, Score } from '../../src/core/score.ts';
import type { PaperAnnouncement, Stores } from '../../src/core/stores.ts';
import { dayText } from './dates.ts';
import { announcedHere, heldBack } from './held-back.ts';
import { scoreText } from './paper-lines.ts';

/** What a score falls short of: "relevance 6 is under the cutoff of 8"; empty where it passes. */
const shortfall = (score: Pick<Score, 'relevance' | 'novelty'>, cutoffs: Cutoffs): string =>
  (['relevance', 'novelty'] as const)
    .filter((of) => score[of] < cutoffs[of])
    .map((of) => `${of} ${score[of]} is under the cutoff of ${cutoffs[of]}`)
    .join(' and ');

/** Why the prefilter kept a paper from being read, and what became of it since. */
const whySkipped = (digest: Digest, { paperId, place }: UnlikelyPaper, later: Score | undefined, timeZone: string) => {
  const { date, counts, prefilter, cutoffs } = digest;
  const recall = prefilter && 'recall' in prefilter ? prefilter.recall : 0;
  const skipped = `Skipped on ${longDate(date)}, to save tokens: going by earlier picks it was number ${place} of the ${counts.scanned} papers, too unlikely to be read.`;
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
export const whyText = async (
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
  if (!newest || !digest || digest.sample) return [await whyNoDigest(stores, channel, newest?.date)];
  const unlikely = await stores.digests.unlikely(digest.digestId, paper.id);
  return [whyNotIn(digest, scoreUnder(digest.rubric, scores), unlikely, channel.timezone)];
};
