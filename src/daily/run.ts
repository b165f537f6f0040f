import PQueue from 'p-queue';
import type { Person } from '../core/addresses.ts';
import { isRetracted, paperboyItself } from '../core/changes.ts';
import type { Channel } from '../core/channel.ts';
import { addDays, arxivTimeZone, dateIn, longDate } from '../core/dates.ts';
import type { Digest, DigestDraft, NewDigest } from '../core/digest.ts';
import { UserError } from '../core/errors.ts';
import type { Held } from '../core/lease.ts';
import { type Announcement, countOf, type IsoDate } from '../core/paper.ts';
import { type RunStatus, resendDays } from '../core/run.ts';
import type { Services } from '../core/services.ts';
import { collectMissed, isStoredEmpty, remedialOf } from './catch-up/missed.ts';
import type { Collected, Collector } from './collect/collect.ts';
import { catchupDays, isSilent, latestMailingDate } from './collect/mailing.ts';
import { type DraftParts, draftDigest } from './draft/draft.ts';
import { recheckAuthors } from './draft/gate.ts';
import { createHeadStart } from './draft/head-start.ts';
import { withChannelLease } from './lease.ts';
import { pacedStores } from './paced-stores.ts';
import { withEarlyHeader } from './publish/early-header.ts';
import { type Published, type PublishParts, publish } from './publish/publish.ts';
import type { ReactionReader } from './reactions.ts';

/**
 * Digests of this process that are drafted at a time. Drafts take memory, and a few keep a language model's limit busy;
 * posting takes little of either, so it is not limited.
 */
const maxDrafts = 8;

const drafts = new PQueue({ concurrency: maxDrafts });

/** Drafts come first. */
const headStartPriority = -1;

export type RunResult = {
  channel: string;
  date: IsoDate | undefined;
  status: RunStatus;
  reasons: string[];
  isFinal?: boolean;
  digest: DigestDraft | undefined;
  sent: number;
  earlier: { date: IsoDate; sent: number }[];
  /** Missed dates that are too old to catch up on. Set only if this run caught up on others. */
  older?: IsoDate[];
  /** Whether the newest announcement is older than holidays explain. Undefined if the run was for another date. */
  isSilent?: boolean | undefined;
};

export const withoutDigest = (
  channel: string,
  date: IsoDate | undefined,
  status: RunStatus,
  reasons: string[] = [],
): RunResult => ({ channel, date, status, reasons, digest: undefined, sent: 0, earlier: [] });

const publishedResult = (digest: Digest, { sent, headers, failed }: Published): RunResult => {
  const status = failed.length > 0 ? 'incomplete' : sent.size + headers > 0 ? 'posted' : 'nothing-new';
  const reasons = failed.map(({ destination, reason }) => `${destination}: ${reason}`);
  const { channel, date } = digest;
  return { channel, date, status, reasons, digest, sent: sent.size, earlier: [] };
};

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
  publishing: Omit<PublishParts, 'outbox' | 'earlyHeaders' | 'clock'>;
  /** Reads the reactions on the channel's threads again. */
  refreshReactions: ReactionReader;
};

export type RunOptions = {
  date?: IsoDate | undefined;
  dryRun?: boolean | undefined;
  by?: Person | undefined;
  /** Sentences for the newest digest. */
  notices?: readonly string[] | undefined;
};

const publishDigest = async (
  digest: Digest,
  channel: Channel,
  { publishing, stores, clock }: Pick<RunParts, 'publishing' | 'stores' | 'clock'>,
  signal: Held,
  fill: boolean,
): Promise<RunResult> => {
  const { outbox, earlyHeaders } = stores;
  const parts = { ...publishing, outbox, earlyHeaders, clock, fill };
  return publishedResult(digest, await publish(digest, channel.post, parts, signal));
};

const finishEarlier = async (
  channel: Channel,
  except: IsoDate | undefined,
  parts: RunParts,
  signal: Held,
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

const collectFor = async (
  channel: Channel,
  wanted: IsoDate | undefined,
  { stores, collector, clock }: RunParts,
  signal: AbortSignal,
  onNewest: (announcement: Announcement) => void,
): Promise<Collected> => {
  if (wanted === undefined) return collector.newest(channel.categories, signal, onNewest);
  if (await stores.digests.find(channel.name, wanted)) return { kind: 'complete', date: wanted };
  const latest = latestMailingDate(clock.now());
  if (wanted > latest) throw new UserError(`${wanted} is in the future. Enter a date up to ${latest}.`);
  const oldest = addDays(latest, -catchupDays);
  if (wanted < oldest && !(await stores.announcements.has(wanted, channel.categories)))
    throw new UserError(
      `arXiv lists announcements only for the last ${catchupDays} days, back to ${oldest}. For an approximate digest, run: remedy --from ${wanted} --to ${wanted}`,
    );
  return collector.on(wanted, channel.categories, signal);
};

export const readingReactionsOnce = (parts: RunParts): RunParts => {
  let reading: Promise<void> | undefined;
  return {
    ...parts,
    refreshReactions(channel, signal) {
      reading ??= parts.refreshReactions(channel, signal);
      return reading;
    },
  };
};

/** Drafts the digest of a stored announcement, when it is the channel's turn. */
const draftOf = async (
  channel: Channel,
  date: IsoDate,
  isWanted: boolean,
  parts: RunParts,
  signal: AbortSignal,
): Promise<NewDigest> => {
  const { stores, clock } = parts;
  const approximate = await stores.announcements.isApproximate(date, channel.categories);
  const wasEmpty = (day: IsoDate): Promise<boolean> => isStoredEmpty(day, channel, parts.stores);
  const remedial = isWanted ? await remedialOf(date, approximate, clock.now(), wasEmpty) : undefined;
  const draft = async (): Promise<NewDigest> => {
    const announced = await stores.announcements.read(date, channel.categories);
    return draftDigest(channel, { date, announced, remedial }, parts, signal);
  };
  await parts.headStart?.stop();
  return drafts.add(draft, { signal });
};

const createDigest = async (
  channel: Channel,
  draft: NewDigest,
  by: Person,
  { stores, clock }: Pick<RunParts, 'stores' | 'clock'>,
): Promise<Digest> => {
  const { date } = draft;
  const isRemade = await isRetracted(channel.name, date, stores);
  const at = clock.now().toISOString();
  const digest = await stores.digests.create(draft, at, channel.post);
  if (isRemade) await stores.changes.add({ at, person: by, channel: channel.name, action: 'anew', value: { date } });
  return digest;
};

/**
 * Makes and posts the digest of a collected announcement, or sends the unsent messages of a stored one. Requires the
 * lease.
 */
export const runCollected = async (
  channel: Channel,
  collected: Collected,
  { date: wanted, dryRun, by = paperboyItself }: RunOptions,
  parts: RunParts,
  signal: Held,
): Promise<RunResult> => {
  const { stores } = parts;
  if (collected.kind === 'none') return withoutDigest(channel.name, wanted, 'no-announcement');
  if (collected.kind === 'incomplete') {
    const { reason, isFinal } = collected;
    return { ...withoutDigest(channel.name, wanted, 'incomplete', [reason]), isFinal };
  }

  const { date } = collected;
  const stored = await stores.digests.find(channel.name, date);
  if (stored && !dryRun) return publishDigest(stored, channel, parts, signal, true);

  await parts.refreshReactions(channel.name, signal);
  const papers = await stores.announcements.count(date, channel.categories);
  if (papers === 0) return withoutDigest(channel.name, date, 'no-announcement');
  const draft = (): Promise<NewDigest> => draftOf(channel, date, wanted !== undefined, parts, signal);
  if (dryRun) return { ...withoutDigest(channel.name, date, 'nothing-new'), digest: await draft() };
  // The draft itself is not kept while messages are sent, which takes much longer than drafting.
  const early = { channel: channel.name, date, papers };
  const { clock, publishing } = parts;
  const { outbox, earlyHeaders } = stores;
  const digest = await withEarlyHeader(
    early,
    channel.post,
    { ...publishing, outbox, earlyHeaders, clock },
    signal,
    () => draft().then((made) => createDigest(channel, made, by, parts)),
  );
  return publishDigest(digest, channel, parts, signal, true);
};

const catchUp = async (
  channel: Channel,
  newest: IsoDate,
  parts: RunParts,
  signal: Held,
): Promise<{ made: RunResult[]; older: IsoDate[] }> => {
  const { dates, older, found } = await collectMissed(channel, newest, parts, signal);
  const made: RunResult[] = [];
  for (const date of dates) {
    const collected = found.get(date) ?? { kind: 'none' };
    made.push(await runCollected(channel, collected, { date }, parts, signal));
  }
  if (made.length > 0 && older.length > 0)
    parts.publishing.logger.warn(
      { channel: channel.name, from: older[0], to: older.at(-1) },
      'older digests are missing; make them with remedy',
    );
  // Reported only when the bot is back, not after every later run.
  return { made, older: made.length > 0 ? older : [] };
};

const olderNotice = ([first, ...more]: readonly IsoDate[]): string[] => {
  if (first === undefined) return [];
  const last = more.at(-1) ?? first;
  const days =
    last === first
      ? longDate(first)
      : `${countOf(more.length + 1, 'day')} from ${longDate(first)} to ${longDate(last)}`;
  return [`There is no digest for ${days}. Your Paperboy admin can make it: remedy --from ${first} --to ${last}`];
};

/** Posts what is unsent of earlier digests, then the digests of missed dates, then that of the collected announcement. */
const runAll = async (
  channel: Channel,
  collected: Collected,
  options: RunOptions,
  newestParts: RunParts,
  held: Held,
): Promise<RunResult> => {
  const { headStart: _, ...parts } = newestParts;
  const { stores, clock } = parts;
  if (options.dryRun) return runCollected(channel, collected, options, newestParts, held);
  const date = collected.kind === 'complete' ? collected.date : undefined;
  await recheckAuthors(channel, parts, held);
  const earlier = await finishEarlier(channel, date, parts, held);
  const { made, older } =
    date !== undefined && options.date === undefined
      ? await catchUp(channel, date, parts, held)
      : { made: [], older: [] };
  const isOver = options.date === undefined && date !== undefined && (await isRetracted(channel.name, date, stores));
  const notices = [...(parts.notices ?? []), ...(options.notices ?? []), ...olderNotice(older)];
  const result = isOver
    ? withoutDigest(channel.name, date, 'nothing-new')
    : await runCollected(channel, collected, options, { ...newestParts, notices }, held);
  const isNewest = date !== undefined && options.date === undefined;
  return {
    ...withEarlier(result, [...earlier, ...made]),
    older,
    isSilent: isNewest ? isSilent(date, clock.now()) : undefined,
  };
};

/**
 * Runs a channel once, for its newest announcement or for a date: collects, gates, scores, selects and publishes.
 * Continues a killed run, and does nothing if everything is sent. Missed digests come first. A retracted digest is
 * remade only if its date is given.
 */
export const runChannel = (
  channel: Channel,
  options: RunOptions,
  runParts: RunParts,
  signal: AbortSignal,
): Promise<RunResult> => {
  const parts = readingReactionsOnce({ ...runParts, stores: pacedStores(runParts.stores) });
  return withChannelLease(channel.name, parts, signal, async (held) => {
    // Takes seconds, and so do the gaps between requests that arXiv asks for. The draft finds the expansion stored.
    const expanding = parts.expand?.(channel, held).catch(() => undefined);
    const inTurn = (work: () => Promise<void>): void => void drafts.add(work, { priority: headStartPriority });
    const headStart = createHeadStart(channel, expanding, { ...parts, inTurn }, held);
    try {
      const collected = await collectFor(channel, options.date, parts, held, headStart.add);
      return await runAll(channel, collected, options, { ...parts, headStart }, held);
    } finally {
      await headStart.end();
    }
  });
};

type DeliverParts = {
  runParts(): Promise<RunParts>;
};

/** Sends the unsent messages of a stored digest to every destination of its channel, or remakes a retracted digest. */
export const createDeliver =
  ({ runParts }: DeliverParts): Services['deliver'] =>
  async (channel, date, signal, by) => {
    const parts = await runParts();
    const { stores } = parts;
    const sendMissing = (): Promise<RunResult | undefined> =>
      withChannelLease(channel.name, parts, signal, async (held) => {
        const digest = await stores.digests.find(channel.name, date);
        return digest && publishDigest(digest, channel, parts, held, true);
      });
    const remake = async (): Promise<RunResult | undefined> =>
      (await isRetracted(channel.name, date, stores)) ? runChannel(channel, { date, by }, parts, signal) : undefined;
    const result = (await sendMissing()) ?? (await remake());
    if (!result)
      throw new UserError(
        `${channel.name} has no digest for ${longDate(date)}. Your Paperboy admin can make it: run --date ${date}`,
      );
    if (result.reasons.length > 0)
      throw new UserError(`Some messages could not be sent: ${result.reasons.join('; ')}.`);
    return result.sent;
  };
