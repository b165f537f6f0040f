import type { Person } from '../core/addresses.ts';
import { paperboyItself } from '../core/changes.ts';
import type { Channel } from '../core/channel.ts';
import { addDays, arxivTimeZone, dateIn, longDate } from '../core/clock.ts';
import type { Digest, DigestDraft } from '../core/digest.ts';
import { UserError } from '../core/errors.ts';
import type { IsoDate } from '../core/paper.ts';
import { type RunStatus, resendDays } from '../core/run.ts';
import type { Services } from '../core/services.ts';
import { knownDays, missedDates, remedialOf } from './catch-up/missed.ts';
import type { Collected, Collector } from './collect/collect.ts';
import { catchupDays, latestMailingDate } from './collect/mailing.ts';
import { type DraftParts, draftDigest } from './draft/draft.ts';
import { recheckAuthors } from './draft/gate.ts';
import { withLease } from './lease.ts';
import { type Published, type PublishParts, publish } from './publish/publish.ts';
import { retractedDays } from './retract.ts';

export type RunResult = {
  channel: string;
  date: IsoDate | undefined;
  status: RunStatus;
  /** Why it is incomplete, as a reader would want to know. */
  reasons: string[];
  /** What is missing will not come by looking again. */
  isFinal?: boolean;
  /** The day's digest; on a dry run what it would have been. */
  digest: DigestDraft | undefined;
  /** Papers sent by this run, those of earlier days included. */
  sent: number;
  /** What of `sent` was for earlier days. */
  earlier: { date: IsoDate; sent: number }[];
  /** Days too long ago to be made up for by themselves, where this run made up for others. */
  older?: IsoDate[];
};

/** A result without a digest. */
export const withoutDigest = (
  channel: string,
  date: IsoDate | undefined,
  status: RunStatus,
  reasons: string[] = [],
): RunResult => ({ channel, date, status, reasons, digest: undefined, sent: 0, earlier: [] });

/** The result of sending what was missing of a digest. */
const publishedResult = (digest: Digest, { sent, headers, failed }: Published): RunResult => {
  const status = failed.length > 0 ? 'incomplete' : sent.size + headers > 0 ? 'posted' : 'nothing-new';
  const reasons = failed.map(({ destination, reason }) => `${destination}: ${reason}`);
  const { channel, date } = digest;
  return { channel, date, status, reasons, digest, sent: sent.size, earlier: [] };
};

/** A day's result with what was done for earlier days: one run, one answer. */
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

export type RunParts = DraftParts & {
  collector: Collector;
  publishing: Omit<PublishParts, 'outbox' | 'clock'>;
  /** Brings the votes up to date before the ranking. */
  refreshReactions(signal?: AbortSignal): Promise<void>;
};

export type RunOptions = {
  date?: IsoDate | undefined;
  dryRun?: boolean | undefined;
  /** Who asked for it, on record where a day that was taken back is made anew. */
  by?: Person | undefined;
};

/**
 * Sends what is missing of a digest.
 *
 * @param fill A destination that the digest was not made for gets it too.
 */
const publishDigest = async (
  digest: Digest,
  channel: Channel,
  { publishing, stores, clock }: Pick<RunParts, 'publishing' | 'stores' | 'clock'>,
  signal: AbortSignal,
  fill: boolean,
): Promise<RunResult> => {
  const parts = { ...publishing, outbox: stores.outbox, clock, fill };
  return publishedResult(digest, await publish(digest, channel.post, parts, signal));
};

/** Sends what earlier runs left in the outbox for other dates, oldest first. */
const finishEarlier = async (
  channel: Channel,
  except: IsoDate | undefined,
  parts: RunParts,
  signal: AbortSignal,
): Promise<RunResult[]> => {
  const { stores, clock } = parts;
  const since = addDays(dateIn(clock.now(), arxivTimeZone), -resendDays);
  const results: RunResult[] = [];
  for (const date of await stores.outbox.unfinished(channel.name, since)) {
    const digest = date === except ? undefined : await stores.digests.find(channel.name, date);
    if (digest) results.push(await publishDigest(digest, channel, parts, signal, false));
  }
  return results;
};

/** The stored digest of a date needs no second look at arXiv. */
const collectFor = async (
  channel: Channel,
  wanted: IsoDate | undefined,
  { stores, collector, clock }: RunParts,
  signal: AbortSignal,
): Promise<Collected> => {
  if (wanted === undefined) return collector.newest(channel.categories, signal);
  if (await stores.digests.find(channel.name, wanted)) return { kind: 'complete', date: wanted };
  const latest = latestMailingDate(clock.now());
  if (wanted > latest) throw new UserError(`${wanted} is yet to come: write a date up to ${latest}.`);
  const oldest = addDays(latest, -catchupDays);
  if (wanted < oldest && !(await stores.announcements.has(wanted, channel.categories)))
    throw new UserError(
      `arXiv keeps its announcements for ${catchupDays} days, since ${oldest}. An older day can be had approximately, by what was submitted for it: remedy --from ${wanted} --to ${wanted}`,
    );
  return collector.on(wanted, channel.categories, signal);
};

/** The same parts, with which the reactions are read once, however many days are run. */
export const readingReactionsOnce = (parts: RunParts): RunParts => {
  let reading: Promise<void> | undefined;
  return {
    ...parts,
    refreshReactions(signal) {
      reading ??= parts.refreshReactions(signal);
      return reading;
    },
  };
};

/** True where a date's announcement is stored, and nothing is in it: a holiday. */
const isStoredEmpty = async (date: IsoDate, channel: Channel, { stores }: RunParts): Promise<boolean> =>
  (await stores.announcements.has(date, channel.categories)) &&
  (await stores.announcements.read(date, channel.categories)).length === 0;

/** True where the digest of a day was taken back and not made anew. */
const wasRetracted = async (date: IsoDate, channel: Channel, { stores }: RunParts): Promise<boolean> => {
  const days = await retractedDays(channel.name, stores.changes);
  if (!days.some((day) => day.date === date)) return false;
  return (await stores.digests.find(channel.name, date)) === undefined;
};

/** Makes and posts the digest of a day that was collected, or sends what is missing of it. The lease must be held. */
export const runCollected = async (
  channel: Channel,
  collected: Collected,
  { date: wanted, dryRun, by = paperboyItself }: RunOptions,
  parts: RunParts,
  signal: AbortSignal,
): Promise<RunResult> => {
  const { stores, clock } = parts;
  if (collected.kind === 'none') return withoutDigest(channel.name, wanted, 'no-announcement');
  if (collected.kind === 'incomplete') {
    const { reason, isFinal } = collected;
    return { ...withoutDigest(channel.name, wanted, 'incomplete', [reason]), isFinal };
  }

  const { date } = collected;
  const stored = await stores.digests.find(channel.name, date);
  if (stored && !dryRun) return publishDigest(stored, channel, parts, signal, true);

  await parts.refreshReactions(signal);
  const announced = await stores.announcements.read(date, channel.categories);
  if (announced.length === 0) return withoutDigest(channel.name, date, 'no-announcement');
  const approximate = await stores.announcements.isApproximate(date, channel.categories);
  const wasEmpty = (day: IsoDate): Promise<boolean> => isStoredEmpty(day, channel, parts);
  const remedial = wanted === undefined ? undefined : await remedialOf(date, approximate, clock.now(), wasEmpty);
  const draft = await draftDigest(channel, { date, announced, remedial }, parts, signal);
  if (dryRun) return { ...withoutDigest(channel.name, date, 'nothing-new'), digest: draft };
  const isAnew = await wasRetracted(date, channel, parts);
  const at = clock.now().toISOString();
  const digest = await stores.digests.create(draft, at, channel.post);
  if (isAnew) await stores.changes.add({ at, person: by, channel: channel.name, action: 'anew', value: { date } });
  return publishDigest(digest, channel, parts, signal, true);
};

/** Makes up for the days that the channel missed since its last digests, oldest first. */
const catchUp = async (
  channel: Channel,
  newest: IsoDate,
  parts: RunParts,
  signal: AbortSignal,
): Promise<{ made: RunResult[]; older: IsoDate[] }> => {
  const found = new Map<IsoDate, Collected>();
  const wasEmpty = async (date: IsoDate): Promise<boolean> => {
    const collected = await parts.collector.on(date, channel.categories, signal);
    found.set(date, collected);
    return collected.kind === 'none' || (await isStoredEmpty(date, channel, parts));
  };
  const { dates, older } = await missedDates(newest, await knownDays(channel, parts.stores), wasEmpty);
  const made: RunResult[] = [];
  for (const date of dates) {
    const collected = found.get(date) ?? { kind: 'none' };
    made.push(await runCollected(channel, collected, { date }, parts, signal));
  }
  if (made.length > 0 && older.length > 0)
    parts.publishing.logger.warn(
      { channel: channel.name, from: older[0], to: older.at(-1) },
      'older days are missing; remedy makes up for them',
    );
  // Told once, when the bot is back, and not at every run after that.
  return { made, older: made.length > 0 ? older : [] };
};

/**
 * One run of a channel's newest announcement, or of a date: collect, gate, score, select, publish. It goes on where a
 * killed run stopped, and does nothing where all is sent. A day whose digest was taken back is made anew only where its
 * date is asked for. Before the newest come the days missed since the last digest.
 * Two processes never run a channel at the same time.
 */
export const runChannel = (
  channel: Channel,
  options: RunOptions,
  runParts: RunParts,
  signal: AbortSignal,
): Promise<RunResult> => {
  const parts = readingReactionsOnce(runParts);
  const { stores, clock } = parts;
  return withLease(`channel ${channel.name}`, { leases: stores.leases, clock }, signal, async (held) => {
    const collected = await collectFor(channel, options.date, parts, held);
    if (options.dryRun) return runCollected(channel, collected, options, parts, held);
    const date = collected.kind === 'complete' ? collected.date : undefined;
    await recheckAuthors(channel, parts, held);
    const earlier = await finishEarlier(channel, date, parts, held);
    const { made, older } =
      date !== undefined && options.date === undefined
        ? await catchUp(channel, date, parts, held)
        : { made: [], older: [] };
    const isOver = options.date === undefined && date !== undefined && (await wasRetracted(date, channel, parts));
    const result = isOver
      ? withoutDigest(channel.name, date, 'nothing-new')
      : await runCollected(channel, collected, options, parts, held);
    return { ...withEarlier(result, [...earlier, ...made]), older };
  });
};

type DeliverParts = {
  /** Connects what is not connected yet. */
  runParts(): Promise<RunParts>;
};

/**
 * Sends what is missing of a stored digest to every destination of its channel, also one that is new to it. A day whose
 * digest was taken back is made anew: somebody asks for it.
 */
export const createDeliver =
  ({ runParts }: DeliverParts): Services['deliver'] =>
  async (channel, date, signal, by) => {
    const parts = await runParts();
    const { stores, clock } = parts;
    const sendMissing = (): Promise<RunResult | undefined> =>
      withLease(`channel ${channel.name}`, { leases: stores.leases, clock }, signal, async (held) => {
        const digest = await stores.digests.find(channel.name, date);
        return digest && publishDigest(digest, channel, parts, held, true);
      });
    const makeAnew = async (): Promise<RunResult | undefined> => {
      const days = await retractedDays(channel.name, stores.changes);
      return days.some((day) => day.date === date) ? runChannel(channel, { date, by }, parts, signal) : undefined;
    };
    const result = (await sendMissing()) ?? (await makeAnew());
    if (!result)
      throw new UserError(
        `${channel.name} has no digest of ${longDate(date)}; whoever runs Paperboy can make it: run --date ${date}`,
      );
    if (result.reasons.length > 0) throw new UserError(`Not everything could be sent: ${result.reasons.join('; ')}.`);
    return result.sent;
  };
