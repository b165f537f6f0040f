import type { Channel } from '../core/channel.ts';
import type { Digest, DigestDraft } from '../core/digest.ts';
import type { AnnouncedPaper, IsoDate } from '../core/paper.ts';
import type { Stores } from '../core/stores.ts';
import type { Collected, Collector } from './collect.ts';
import { gate } from './gate.ts';
import { withLease } from './lease.ts';
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
  /** Papers sent by this run. */
  sent: number;
};

export type RunParts = {
  stores: Stores;
  collector: Collector;
  scorers: ScoreParts['scorers'];
  publishing: Omit<PublishParts, 'outbox' | 'clock'>;
  clock: ScoreParts['clock'];
  /** Brings the votes up to date before the ranking. */
  refreshReactions(): Promise<void>;
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

const publishDigest = (digest: Digest, channel: Channel, parts: RunParts, signal: AbortSignal): Promise<Published> =>
  publish(digest, channel.post, { ...parts.publishing, outbox: parts.stores.outbox, clock: parts.clock }, signal);

const asResult = (digest: Digest, { sent, headers, failed }: Published): RunResult => {
  const reasons = failed.map(({ destination, reason }) => `${destination}: ${reason}`);
  const status = failed.length > 0 ? 'incomplete' : sent.size + headers > 0 ? 'posted' : 'nothing-new';
  return { channel: digest.channel, date: digest.date, status, reasons, digest, sent: sent.size };
};

/** Sends what earlier runs left in the outbox for other dates, oldest first. */
const finishEarlier = async (
  channel: Channel,
  except: IsoDate | undefined,
  parts: RunParts,
  signal: AbortSignal,
): Promise<void> => {
  for (const { date } of await parts.stores.outbox.unfinished(channel.name)) {
    const digest = date === except ? undefined : await parts.stores.digests.find(channel.name, date);
    if (digest) await publishDigest(digest, channel, parts, signal);
  }
};

/** The stored digest of a date needs no second look at arXiv. */
const collectFor = async (
  channel: Channel,
  wanted: IsoDate | undefined,
  { stores, collector }: RunParts,
  signal: AbortSignal,
): Promise<Collected> => {
  if (wanted === undefined) return collector.newest(channel.categories, signal);
  const stored = await stores.digests.find(channel.name, wanted);
  if (stored && !stored.sample) return { kind: 'complete', date: wanted };
  return collector.on(wanted, channel.categories, signal);
};

const runDay = async (
  channel: Channel,
  { date: wanted, dryRun }: RunOptions,
  parts: RunParts,
  signal: AbortSignal,
): Promise<RunResult> => {
  const { stores, clock } = parts;
  const collected = await collectFor(channel, wanted, parts, signal);
  const date = collected.kind === 'complete' ? collected.date : undefined;
  if (!dryRun) await finishEarlier(channel, date, parts, signal);

  const nothing = { channel: channel.name, date: wanted, reasons: [], digest: undefined, sent: 0 };
  if (collected.kind === 'none') return { ...nothing, status: 'no-announcement' };
  if (collected.kind === 'incomplete') return { ...nothing, status: 'incomplete', reasons: [collected.reason] };

  const stored = await stores.digests.find(channel.name, collected.date);
  if (stored && !stored.sample && !dryRun) return asResult(stored, await publishDigest(stored, channel, parts, signal));

  await parts.refreshReactions();
  const announced = await stores.announcements.read(collected.date, channel.categories);
  if (announced.length === 0) return { ...nothing, date: collected.date, status: 'no-announcement' };
  const draft = await draftDigest(channel, { date: collected.date, announced, sample: false }, parts, signal);
  if (dryRun) return { ...nothing, date: draft.date, status: 'nothing-new', digest: draft };
  const digest = await stores.digests.create(draft, clock.now().toISOString());
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
  return withLease(`channel ${channel.name}`, { leases: stores.leases, clock }, signal, (held) =>
    runDay(channel, options, parts, held),
  );
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
      digest = await stores.digests.create(draft, clock.now().toISOString());
    }
    return asResult(digest, await publishDigest(digest, channel, parts, held));
  });
