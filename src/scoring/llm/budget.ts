import type { TokenCount } from '../../core/price.ts';
import type { ScorablePaper, ScoringTask } from '../../core/score.ts';
import type { CallBooking, Ledger } from '../../core/stores.ts';
import { type PriceTable, usageOf } from '../prices.ts';
import { callBoundUsd } from './bounds.ts';
import type { Notifier } from './notifier.ts';

/** A call that is paid for: `papers` are those that the budget had room for. */
export type Booking = {
  papers: readonly ScorablePaper[];
  /** The call used these tokens. Where the server did not count them, the call stays booked at its bound. */
  settle(tokens: TokenCount | undefined): Promise<void>;
  /** The call was not charged. */
  release(): Promise<void>;
  /** The call may have been charged: it stays booked at its bound. */
  leave(): void;
};

export type BudgetOptions = {
  ledger: Pick<Ledger, 'book' | 'settle' | 'release'>;
  prices: PriceTable;
  model: string;
  dailyBudgetUsd: number;
  /** Told time, ISO 8601, since which cost counts. */
  dayStart: () => string;
  now: () => Date;
};

/**
 * Books calls so that the day's cost never passes the budget. Where there is no room for a call it waits for those
 * under way, whose cost is mostly below their bound, then tries with fewer papers.
 */
export const createBudget = (
  options: BudgetOptions,
  task: Pick<ScoringTask, 'channel' | 'date' | 'rubric'>,
  systemPrompt: string,
  changed: Notifier,
) => {
  const { ledger, prices, model } = options;
  const price = prices.of(model);
  let underWay = 0;
  let ended = 0;

  const end = () => {
    underWay -= 1;
    ended += 1;
    changed.notify();
  };

  const bookingOf = (callId: number, papers: readonly ScorablePaper[]): Booking => {
    underWay += 1;
    return {
      papers,
      settle: async (tokens) => {
        try {
          if (tokens) await ledger.settle(callId, usageOf(tokens, price), price);
        } finally {
          end();
        }
      },
      release: async () => {
        try {
          await ledger.release(callId);
        } finally {
          end();
        }
      },
      leave: end,
    };
  };

  /** Books a call about as many of the papers as there is room for; undefined where there is none for a single one. */
  const book = async (
    wanted: readonly ScorablePaper[],
    allowance: number,
    signal: AbortSignal,
  ): Promise<Booking | undefined> => {
    let papers = wanted;
    while (true) {
      const endedBefore = ended;
      const call: CallBooking = {
        rubric: task.rubric.hash,
        channel: task.channel,
        date: task.date,
        model,
        at: options.now().toISOString(),
        boundUsd: callBoundUsd(systemPrompt, papers, allowance, price),
      };
      const callId = await ledger.book(call, options.dailyBudgetUsd, options.dayStart());
      if (callId !== undefined) return bookingOf(callId, papers);
      signal.throwIfAborted();
      if (ended !== endedBefore) continue;
      if (underWay > 0) await changed.wait();
      else if (papers.length > 1) papers = papers.slice(0, Math.ceil(papers.length / 2));
      else return undefined;
      signal.throwIfAborted();
    }
  };

  return { book };
};
