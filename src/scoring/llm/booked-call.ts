import type { Clock } from '../../core/clock.ts';
import { arxivTimeZone, dateIn } from '../../core/dates.ts';
import { ExternalError } from '../../core/errors.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Stores } from '../../core/stores.ts';
import { costUsd, overheadTokens, type PriceTable, usageOf } from './budget.ts';
import { mayBeCharged } from './call-error.ts';
import type { ChatClient, CompletionRequest } from './client.ts';
import type { ChatCompletion } from './response.ts';

export type BookedCallParts = {
  client: ChatClient;
  dailyBudgetUsd: number;
  stores: { ledger: Pick<Stores['ledger'], 'book' | 'settle' | 'release'> };
  prices: PriceTable;
  clock: Pick<Clock, 'now'>;
  /** Start of the budget's day: simulated time, ISO 8601. */
  dayStart: () => string;
};

type BookedCall = CompletionRequest & {
  /** A stored rubric. The cost of a call is part of the digest with its rubric, channel, and date. */
  rubric: string;
  /** By default the current date. */
  date?: IsoDate;
};

/**
 * Calls outside of a digest, each booked at its upper bound before it is made.
 * @returns undefined if the budget does not allow the call. Rejects as `ChatClient.complete` does.
 */
export const createBookedCalls =
  ({ client, dailyBudgetUsd, stores: { ledger }, prices, clock, dayStart }: BookedCallParts) =>
  async ({ rubric, date, ...request }: BookedCall): Promise<ChatCompletion | undefined> => {
    const { messages, maxTokens, schema, channel, priority } = request;
    const price = prices.of(client.model);
    const bytes = messages('lines').reduce((sum, { content }) => sum + Buffer.byteLength(content), overheadTokens);
    const prompt = bytes + JSON.stringify(schema ?? '').length;
    const boundUsd = price ? costUsd({ prompt, cached: 0, completion: maxTokens }, price) : 0;
    const now = clock.now();
    const callId = await ledger.book(
      {
        ...{ rubric, channel, model: client.model, boundUsd, byCommand: priority === 'person' },
        ...{ date: date ?? dateIn(now, arxivTimeZone), at: now.toISOString() },
      },
      dailyBudgetUsd,
      dayStart(),
    );
    if (callId === undefined) return undefined;
    try {
      const completion = await client.complete(request);
      // If the server did not count tokens, the call stays booked at its bound.
      if (completion.tokens) await ledger.settle(callId, usageOf(completion.tokens, price), price);
      return completion;
    } catch (error) {
      if (error instanceof ExternalError && !mayBeCharged(error)) await ledger.release(callId);
      throw error;
    }
  };
