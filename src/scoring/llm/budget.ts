import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CallPriority } from '../../core/call-limiter.ts';
import { errorText, UserError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import {
  commandBudget,
  costOf,
  dollars,
  type Price,
  type Rubric,
  type ScoringTask,
  type TokenCount,
  type Usage,
} from '../../core/score.ts';
import type { CallBooking, Ledger } from '../../core/stores.ts';
import { type AnswerContent, answerSchema, type PromptPaper, papersPrompt, systemPrompt } from './prompt.ts';

const pricesFile = join(import.meta.dirname, '..', '..', '..', 'config', 'prices.json');

const price = z.object({
  prompt: z.number().nonnegative(),
  cachedPrompt: z.number().nonnegative(),
  completion: z.number().nonnegative(),
  source: z.url(),
  date: z.iso.date(),
});

const priceFile = z.object({ models: z.record(z.string(), price) });

export type PriceTable = {
  /** A dated snapshot such as `gpt-4o-2024-08-06` has the price of its model, unless it has its own entry. */
  of(model: string): Price | undefined;
};

/** The file is part of Paperboy. */
const restoreFix = 'Restore it with git checkout config/prices.json, or install Paperboy again.';

export const parsePrices = (json: unknown, file = 'prices.json'): PriceTable => {
  const parsed = priceFile.safeParse(json);
  if (!parsed.success) throw new UserError(`${file} is invalid. Correct it: ${z.prettifyError(parsed.error)}`);
  const models = new Map(Object.entries(parsed.data.models));
  return { of: (model) => models.get(model) ?? models.get(model.replace(/-\d{4}-\d{2}-\d{2}$/, '')) };
};

/** @throws UserError if the file cannot be read. */
export const readPrices = async (file = pricesFile): Promise<PriceTable> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UserError(`${file} cannot be read (${errorText(error)}). ${restoreFix}`, { cause: error });
  });
  const json = parseJson(text);
  if (json === undefined) throw new UserError(`${file} is damaged: it is not JSON. ${restoreFix}`);
  return parsePrices(json, file);
};

export const costUsd = (tokens: TokenCount, price: Price): number => {
  const { prompt, completion } = costOf(tokens, price);
  return prompt + completion;
};

export const usageOf = (tokens: TokenCount, price: Price | undefined): Usage => ({
  promptTokens: tokens.prompt,
  cachedTokens: Math.min(tokens.cached, tokens.prompt),
  completionTokens: tokens.completion,
  costUsd: price && costUsd(tokens, price),
});

/**
 * OpenAI's price of requests in batches: half of the ordinary one. Only its newest models have a discount for cached tokens
 * there, so these count like others.
 */
export const batchPrice = (price: Price | undefined): Price | undefined =>
  price && {
    ...{ ...price, prompt: price.prompt / 2, cachedPrompt: price.prompt / 2, completion: price.completion / 2 },
    isBatch: true,
  };

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

/** Generous, because a language with a script of its own takes several tokens a word. */
const tokensPerPaper: Record<AnswerContent, number> = { scores: 40, 'scores and comments': 160, comments: 130 };
const tokensAround = 400;

/**
 * Generous allowance in tokens for what providers add to messages and for the longer instructions of the other answer
 * form.
 */
export const overheadTokens = 100;

/** Completion limits grow by these factors for models that spend tokens on reasoning. */
export const completionFactors = [1, 4, 16] as const;

export const completionBound = (papers: number, factor: number, content: AnswerContent = 'scores'): number =>
  (papers * tokensPerPaper[content] + tokensAround) * factor;

/**
 * Upper bound of a prompt's tokens: one per byte, the worst case of a byte-level tokenizer. The bound must hold for
 * papers that are written to be expensive and for topics in any script.
 */
export const promptBound = (
  rubric: Rubric,
  papers: readonly PromptPaper[],
  content: AnswerContent = 'scores',
): number => {
  const texts = [
    systemPrompt(rubric, content),
    JSON.stringify(answerSchema(content)),
    papersPrompt(rubric, papers, 'lines', content),
  ];
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), overheadTokens);
};

/** Upper bound of a call's cost in US dollars, with nothing cached. 0 if the price is unknown. */
export const callBoundUsd = (
  rubric: Rubric,
  papers: readonly PromptPaper[],
  factor: number,
  price: Price | undefined,
  content: AnswerContent = 'scores',
): number =>
  price === undefined
    ? 0
    : costUsd(
        {
          prompt: promptBound(rubric, papers, content),
          cached: 0,
          completion: completionBound(papers.length, factor, content),
        },
        price,
      );

type Booking = {
  papers: readonly PromptPaper[];
  settle(tokens: TokenCount | undefined): Promise<void>;
  release(): Promise<void>;
  /** Keeps the bound booked, because the call may have been charged. */
  leave(): void;
};

/** Why a call was not booked, as a clause. */
export const spentReason = (dailyBudgetUsd: number, priority: CallPriority | undefined): string =>
  priority === 'person'
    ? `too little of the daily budget is left for commands (they may use ${dollars(commandBudget(dailyBudgetUsd))} of ${dollars(dailyBudgetUsd)})`
    : `the daily budget of ${dollars(dailyBudgetUsd)} is spent`;

type BudgetOptions = {
  ledger: Pick<Ledger, 'book' | 'settle' | 'release'>;
  prices: PriceTable;
  model: string;
  dailyBudgetUsd: number;
  /** Simulated time from which costs count, ISO 8601. */
  dayStart: () => string;
  now: () => Date;
};

/**
 * Books calls so that the day's cost never exceeds the budget, and that of commands never their share of it. If a call does not fit, waits for calls in progress,
 * which usually cost less than their bound, and then tries fewer papers.
 */
export const createBudget = (
  options: BudgetOptions,
  task: Pick<ScoringTask, 'channel' | 'date' | 'rubric' | 'priority'>,
  content: AnswerContent,
  changed: Notifier,
) => {
  const { ledger, prices, model } = options;
  const price = prices.of(model);
  let inProgress = 0;
  let ended = 0;

  const end = () => {
    inProgress -= 1;
    ended += 1;
    changed.notify();
  };

  const bookingOf = (callId: number, papers: readonly PromptPaper[]): Booking => {
    inProgress += 1;
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

  const book = async (
    wanted: readonly PromptPaper[],
    factor: number,
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
        byCommand: task.priority === 'person',
        boundUsd: callBoundUsd(task.rubric, papers, factor, price, content),
      };
      const callId = await ledger.book(call, options.dailyBudgetUsd, options.dayStart());
      if (callId !== undefined) return bookingOf(callId, papers);
      signal.throwIfAborted();
      if (ended !== endedBefore) continue;
      if (inProgress > 0) await changed.wait();
      else if (papers.length > 1) papers = papers.slice(0, Math.ceil(papers.length / 2));
      else return undefined;
      signal.throwIfAborted();
    }
  };

  return { book };
};
