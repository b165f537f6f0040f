import { longDate } from '../../core/clock.ts';
import { UserError } from '../../core/errors.ts';
import type { Services } from '../../core/services.ts';
import { withLease } from '../lease.ts';
import type { RunResult } from '../result.ts';
import { retractedDays } from '../retract/retracted.ts';
import { publishDigest, type RunParts, runChannel } from '../run.ts';

export type DeliverParts = {
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
