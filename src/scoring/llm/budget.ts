import type { Price, TokenCount } from '../../core/price.ts';
import type { ScorablePaper, ScoringTask } from '../../core/score.ts';
import type { CallBooking, Ledger } from '../../core/stores.ts';
import { costUsd, type PriceTable, usageOf } from '../prices.ts';
import { answerSchema } from './answer.ts';
import { papersPrompt } from './prompt.ts';

/** Wakes everyone who waits for a change; each then looks for itself at what changed. */
type Notifier = { notify(): void; wait(): Promise<void> };

export const createNotifier = (): Notifier => {
  let next = Promise.withResolvers<void>();
  return {
    notify: () => {
      next.resolve();
      next = Promise.withResolvers<void>();
    },
    wait: () => next.promise,
  };
};

/** Room for a verdict of two sentences with its fields, in tokens, and for what stands around all of them. */
const completionTokens = { perPaper: 160, around: 400 };

/** Tokens that providers add around two messages, with room to spare, and the longer closing of the other answer form. */
const framing = 100;

/** The most a model may write for so many papers; `allowance` multiplies it for models that think first. */
export const completionBound = (papers: number, allowance: number): number =>
  (papers * completionTokens.perPaper + completionTokens.around) * allowance;

/**
 * Upper bound of a prompt's tokens. A token of a byte-level tokenizer covers at least one byte, and that is what is
 * taken for all of it: a paper's text may be written to cost, and a team may write its topics in any script.
 */
export const promptBound = (systemPrompt: string, papers: readonly ScorablePaper[]): number => {
  const texts = [systemPrompt, JSON.stringify(answerSchema), papersPrompt(papers, 'lines')];
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), framing);
};

/** Upper bound of a call's cost in US dollars, as if nothing were cached; 0 where the price is unknown. */
export const callBoundUsd = (
  systemPrompt: string,
  papers: readonly ScorablePaper[],
  allowance: number,
  price: Price | undefined,
): number =>
  price === undefined
    ? 0
    : costUsd(
        { prompt: promptBound(systemPrompt, papers), cached: 0, completion: completionBound(papers.length, allowance) },
        price,
      );

/** A call that is paid for: `papers` are those that the budget had room for. */
type Booking = {
  papers: readonly ScorablePaper[];
  /** The call used these tokens. Where the server did not count them, the call stays booked at its bound. */
  settle(tokens: TokenCount | undefined): Promise<void>;
  /** The call was not charged. */
  release(): Promise<void>;
  /** The call may have been charged: it stays booked at its bound. */
  leave(): void;
};

type BudgetOptions = {
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
