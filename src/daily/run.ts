import type { Channel } from '../core/channel.ts';
import { addDays, arxivTimeZone, dateIn } from '../core/clock.ts';
import type { Digest, DigestDraft } from '../core/digest.ts';
import { UserError } from '../core/errors.ts';
import type { AnnouncedPaper, IsoDate } from '../core/paper.ts';
import type { Stores } from '../core/stores.ts';
import type { Collected, Collector } from './collect.ts';
import { gate } from './gate.ts';
import { withLease } from './lease.ts';
import { latestMailingDate } from './mailing.ts';
import { type Published, type PublishParts, publish } from './publish.ts';
import { type ScoreParts, scoreDay } from './score.ts';
import { select } from './select.ts';

/** What a run did: a digest went out, there was nothing to send, nothing was announced, or something is still missing. */
export type RunStatus = 'posted' | 'nothing-new' | 'no-announcement' | 'incomplete';

export type RunResult = {
  channel: string;
  date: IsoDate | undefined;
  status: RunStatus;
  /** Why it is incomplete, as a reader would want to know. */
  reasons: string[];
  /** The day's digest; on a dry run what it would have been. */
  digest: DigestDraft | undefined;
  /** Papers sent by this run, those of earlier days included. */
  sent: number;
  /** What of `sent` was left from earlier days. */
  earlier: { date: IsoDate; sent: number }[];
};

export type RunParts = {
  stores: Stores;
  collector: Collector;
  scorers: ScoreParts['scorers'];
  publishing: Omit<PublishParts, 'outbox' | 'clock'>;
  clock: ScoreParts['clock'];
  /** Brings the votes up to date before the ranking. */
  refreshReactions(signal?: AbortSignal): Promise<void>;
  onProgress?: ((channel: string, done: number, total: number) => void) | undefined;
};

export type RunOptions = { date?: IsoDate | undefined; dryRun?: boolean | undefined };

/** The sample is small: a usual day's share of it would show next to nothing. */
const samplePickRate = 0.25;

/** Gate, score and select: what a channel's digest of a day is. Pays only for papers without a score. */
const draftDigest = async (
  channel: Channel,
  day: { date: IsoDate; announced: readonly AnnouncedPaper[]; sample: boolean },
  { stores, scorers, clock, onProgress }: RunParts,
  signal: AbortSignal,
): Promise<DigestDraft> => {
  const { date, announced, sample } = day;
  const ids = announced.map(({ paper }) => paper.id);
  const gated = gate(announced, channel, await stores.digests.alreadyPicked(channel.name, date, ids));
  // Channels that share a rubric share its scores: one reads, the others wait and find them stored.
  const { scores, engines, notices } = await withLease(
    `rubric ${channel.rubric.hash}`,
    { leases: stores.leases, clock },
    signal,
    (held) =>
      scoreDay(channel, date, gated.candidates, held, {
        ...{ scorers, stores, clock },
        pickRate: sample ? samplePickRate : undefined,
        onProgress: onProgress && ((done, total) => onProgress(channel.name, done, total)),
      }),
  );
  const { relevant, entries, nearest } = select(gated.candidates, scores, channel);
  return {
    ...{ channel: channel.name, date, sample, cutoffs: channel.cutoffs, engines, notices, entries, nearest },
    counts: {
      announced: gated.announced,
      scanned: gated.candidates.length,
      relevant,
      unscored: gated.candidates.length - scores.size,
    },
    usage: await stores.ledger.usage(channel.name, date),
    rubric: channel.rubric.hash,
  };
};

const publishDigest = (
  digest: Digest,
  channel: Channel,
  { publishing, stores, clock }: RunParts,
  signal: AbortSignal,
  fill = true,
): Promise<Published> => publish(digest, channel.post, { ...publishing, outbox: stores.outbox, clock, fill }, signal);

const reasonsOf = ({ failed }: Published): string[] =>
  failed.map(({ destination, reason }) => `${destination}: ${reason}`);

const asResult = (digest: Digest, published: Published): RunResult => {
  const { sent, headers, failed } = published;
  const status = failed.length > 0 ? 'incomplete' : sent.size + headers > 0 ? 'posted' : 'nothing-new';
  const { channel, date } = digest;
  return { channel, date, status, reasons: reasonsOf(published), digest, sent: sent.size, earlier: [] };
};

/** What earlier runs left in the outbox is sent for so many days; after that nobody waits for it. */
const unfinishedDays = 7;

/** Sends what earlier runs left in the outbox for other dates, oldest first. */
const finishEarlier = async (
  channel: Channel,
  except: IsoDate | undefined,
  parts: RunParts,
  signal: AbortSignal,
): Promise<RunResult[]> => {
  const { stores, clock } = parts;
  const since = addDays(dateIn(clock.now(), arxivTimeZone), -unfinishedDays);
  const results: RunResult[] = [];
  for (const date of await stores.outbox.unfinished(channel.name, since)) {
    const digest = date === except ? undefined : await stores.digests.find(channel.name, date);
    if (digest) results.push(asResult(digest, await publishDigest(digest, channel, parts, signal, false)));
  }
  return results;
};

/** A day's result with what was sent for earlier days: one run, one answer. */
const withEarlier = (result: RunResult, earlier: readonly RunResult[]): RunResult => {
  const all = [...earlier, result];
  const has = (status: RunStatus): boolean => all.some((one) => one.status === status);
  const status = has('incomplete') ? 'incomplete' : has('posted') ? 'posted' : result.status;
  return {
    ...result,
    status,
    reasons: [
      ...earlier.flatMap(({ date, reasons }) => reasons.map((reason) => `${date}, ${reason}`)),
      ...result.reasons,
    ],
    sent: all.reduce((sum, { sent }) => sum + sent, 0),
    earlier: earlier.flatMap(({ date, sent }) => (date !== undefined && sent > 0 ? [{ date, sent }] : [])),
  };
};

/** How long arXiv keeps its catch-up pages, counted from today. */
const catchupDays = 90;

/** The stored digest of a date needs no second look at arXiv. */
const collectFor = async (
  channel: Channel,
  wanted: IsoDate | undefined,
  { stores, collector, clock }: RunParts,
  signal: AbortSignal,
): Promise<Collected> => {
  if (wanted === undefined) return collector.newest(channel.categories, signal);
  const stored = await stores.digests.find(channel.name, wanted);
  if (stored && !stored.sample) return { kind: 'complete', date: wanted };
  const latest = latestMailingDate(clock.now());
  if (wanted > latest) throw new UserError(`${wanted} is yet to come: write a date up to ${latest}.`);
  const oldest = addDays(latest, -catchupDays);
  if (wanted < oldest && !(await stores.announcements.has(wanted, channel.categories)))
    throw new UserError(`arXiv keeps its announcements for ${catchupDays} days: write a date from ${oldest} on.`);
  return collector.on(wanted, channel.categories, signal);
};

const runDay = async (
  channel: Channel,
  { date: wanted, dryRun }: RunOptions,
  collected: Collected,
  parts: RunParts,
  signal: AbortSignal,
): Promise<RunResult> => {
  const { stores, clock } = parts;
  const nothing = { channel: channel.name, date: wanted, reasons: [], digest: undefined, sent: 0, earlier: [] };
  if (collected.kind === 'none') return { ...nothing, status: 'no-announcement' };
  if (collected.kind === 'incomplete') return { ...nothing, status: 'incomplete', reasons: [collected.reason] };

  const { date } = collected;
  const stored = await stores.digests.find(channel.name, date);
  if (stored && !stored.sample && !dryRun) return asResult(stored, await publishDigest(stored, channel, parts, signal));

  await parts.refreshReactions(signal);
  const announced = await stores.announcements.read(date, channel.categories);
  if (announced.length === 0) return { ...nothing, date, status: 'no-announcement' };
  const draft = await draftDigest(channel, { date, announced, sample: false }, parts, signal);
  if (dryRun) return { ...nothing, date, status: 'nothing-new', digest: draft };
  const digest = await stores.digests.create(draft, clock.now().toISOString(), channel.post);
  return asResult(digest, await publishDigest(digest, channel, parts, signal));
};

/**
 * One run of a channel's newest announcement, or of a date: collect, gate, score, select, publish. It goes on where a
 * killed run stopped, and does nothing where all is sent. Two processes never run a channel at the same time.
 */
export const runChannel = (
  channel: Channel,
  options: RunOptions,
  parts: RunParts,
  signal: AbortSignal,
): Promise<RunResult> => {
  const { stores, clock } = parts;
  return withLease(`channel ${channel.name}`, { leases: stores.leases, clock }, signal, async (held) => {
    const collected = await collectFor(channel, options.date, parts, held);
    const date = collected.kind === 'complete' ? collected.date : undefined;
    const earlier = options.dryRun ? [] : await finishEarlier(channel, date, parts, held);
    return withEarlier(await runDay(channel, options, collected, parts, held), earlier);
  });
};

/** Shows the built-in sample day, for when there is no network yet. Once shown it is not shown again. */
export const runSample = (
  channel: Channel,
  sample: { date: IsoDate; papers: readonly AnnouncedPaper[] },
  parts: RunParts,
  signal: AbortSignal,
): Promise<RunResult> =>
  withLease(`channel ${channel.name}`, { leases: parts.stores.leases, clock: parts.clock }, signal, async (held) => {
    const { stores, clock } = parts;
    let digest = await stores.digests.newest(channel.name);
    if (!digest) {
      await stores.announcements.savePapers(sample.papers.map(({ paper }) => paper));
      const draft = await draftDigest(channel, { ...sample, announced: sample.papers, sample: true }, parts, held);
      digest = await stores.digests.create(draft, clock.now().toISOString(), channel.post);
    }
    return asResult(digest, await publishDigest(digest, channel, parts, held));
  });
