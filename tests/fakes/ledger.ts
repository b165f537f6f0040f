import type { Usage } from '../../src/core/score.ts';
import type { CallBooking, Ledger } from '../../src/core/stores.ts';

/** A booked call, with its usage once it is settled. */
export type LedgerEntry = { call: CallBooking; usage: Usage | undefined };

type MemoryLedger = Ledger & {
  entries: Map<number, LedgerEntry>;
  /** The highest cost at any time, bookings included, in US dollars. */
  highest(): number;
  /** Total usage of the settled calls of a channel and date. */
  usage(channel: string, date: string): Promise<Usage>;
};

export const createMemoryLedger = (): MemoryLedger => {
  const entries = new Map<number, LedgerEntry>();
  let nextId = 1;
  let highest = 0;
  const total = (dayStart: string) =>
    [...entries.values()]
      .filter(({ call }) => call.at >= dayStart)
      .reduce((sum, { call, usage }) => sum + (usage ? (usage.costUsd ?? 0) : call.boundUsd), 0);
  const note = () => {
    highest = Math.max(highest, total(''));
  };
  return {
    entries,
    highest: () => highest,
    book: async (call, budgetUsd, dayStart) => {
      if (total(dayStart) + call.boundUsd > budgetUsd) return undefined;
      const id = nextId++;
      entries.set(id, { call, usage: undefined });
      note();
      return id;
    },
    settle: async (callId, usage) => {
      const entry = entries.get(callId);
      if (!entry || entry.usage) throw new Error(`call ${callId} is not booked`);
      entry.usage = usage;
      note();
    },
    release: async (callId) => {
      if (!entries.delete(callId)) throw new Error(`call ${callId} is not booked`);
    },
    models: async () => [],
    questions: async () => ({ promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 }),
    checks: async () => ({ promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 }),
    spent: async (dayStart) => total(dayStart),
    tokens: async (dayStart) => {
      const used = [...entries.values()].flatMap(({ call, usage }) => (usage && call.at >= dayStart ? [usage] : []));
      const sum = (of: (usage: Usage) => number) => used.reduce((all, usage) => all + of(usage), 0);
      return {
        prompt: sum((usage) => usage.promptTokens),
        cached: sum((usage) => usage.cachedTokens),
        completion: sum((usage) => usage.completionTokens),
      };
    },
    usage: async (channel, date) => {
      const used = [...entries.values()].flatMap(({ call, usage }) =>
        usage && call.channel === channel && call.date === date ? [usage] : [],
      );
      const sum = (of: (usage: Usage) => number) => used.reduce((all, usage) => all + of(usage), 0);
      return {
        promptTokens: sum((usage) => usage.promptTokens),
        cachedTokens: sum((usage) => usage.cachedTokens),
        completionTokens: sum((usage) => usage.completionTokens),
        costUsd: used.some((usage) => usage.costUsd === undefined) ? undefined : sum((usage) => usage.costUsd ?? 0),
      };
    },
  };
};
