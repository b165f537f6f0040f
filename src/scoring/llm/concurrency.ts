/** After a refusal for overload, in the manner of TCP's congestion control (AIMD). */
const decrease = 0.75;

/** How long it takes until one call more is tried than a server has refused, in milliseconds. */
const retrialMs = 60_000;

const trialFactor = 2;

/** More calls at a time must bring at least this share of the throughput that they would bring without a queue. */
const minGain = 0.3;

/** Only calls that find most others in flight show whether the server has a queue, and most of a round of them does. */
const minFullShare = 0.75;
const measuredShare = 0.75;

/** Calls wait in the server's queue during a trial that fails, so they must stay well below the timeout. */
const maxTrialShare = 0.75;

/** A measurement may be wrong while this machine is busy, so a trial is repeated, after twice the pause each time. */
const trialPauseMs = { min: 60_000, max: 30 * 60_000 };

/** Of an answered call. Times are in milliseconds. */
export type CallSample = {
  startedAt: number;
  endedAt: number;
  tokens: number;
  /** Calls in flight at the start, this one included, and their average number until the end. */
  inFlightAtStart: number;
  inFlight: number;
  /** False if fewer calls were in flight than allowed all the time, so that the limit made no difference. */
  wasFull: boolean;
  /** How many more calls like this one the server's headers leave room for; undefined if it sends none. */
  room: number | undefined;
};

type ConcurrencyOptions = { start: number; max: number; timeoutMs: number };

type Round = { calls: number; tokens: number; elapsedMs: number; inFlightMs: number };
const emptyRound = (): Round => ({ calls: 0, tokens: 0, elapsedMs: 0, inFlightMs: 0 });

/**
 * How many calls may be in flight. If the server's headers leave room for more, every answer allows as many. A refusal lowers
 * the number by up to a quarter; from then on, every answer or, above the last number, every round of answers allows one
 * more, but only one more per minute than was refused. A server that shows no limits may put calls into a queue, so more
 * calls are tried for a round: they stay only if the tokens per second grew with them. (The ideas are those of
 * https://github.com/Netflix/concurrency-limits: AIMD, and a gradient of the speed.)
 */
export const createConcurrency = ({ start, max, timeoutMs }: ConcurrencyOptions) => {
  let limit = Math.min(start, max);
  let changedAt = Number.NEGATIVE_INFINITY;
  let hasRefused = false;
  /** What the last refusal left, and when. */
  let ceiling = { calls: max, at: Number.NEGATIVE_INFINITY };
  /** Above it, the limit grows by one per round and not per answer. */
  let threshold = max;
  let round = emptyRound();
  let before: { limit: number; inFlight: number; perSecond: number } | undefined;
  let nextTrialAt = Number.NEGATIVE_INFINITY;
  let nextPauseMs = trialPauseMs.min;

  const set = (value: number, now: number): void => {
    if (Math.floor(value) !== Math.floor(limit)) {
      changedAt = now;
      round = emptyRound();
    }
    limit = value;
  };

  const highest = (now: number): number => Math.min(max, ceiling.calls + Math.floor((now - ceiling.at) / retrialMs));

  const pauseTrials = (now: number): void => {
    before = undefined;
    nextTrialAt = now + nextPauseMs;
    nextPauseMs = Math.min(trialPauseMs.max, nextPauseMs * 2);
  };

  const tryMore = (now: number, elapsedMs: number): void => {
    const isQuick = elapsedMs * trialFactor <= timeoutMs * maxTrialShare;
    if (isQuick && now >= nextTrialAt) set(Math.min(highest(now), limit * trialFactor), now);
  };

  const measure = ({ startedAt, endedAt, tokens, inFlightAtStart, inFlight }: CallSample): void => {
    if (startedAt < changedAt || inFlightAtStart < limit * minFullShare) return;
    const elapsedMs = Math.max(1, endedAt - startedAt);
    round.calls += 1;
    round.tokens += tokens;
    round.elapsedMs += elapsedMs;
    round.inFlightMs += inFlight * elapsedMs;
    if (round.calls < limit * measuredShare) return;
    const average = round.inFlightMs / round.elapsedMs;
    const found = { limit, inFlight: average, perSecond: (average * round.tokens) / round.elapsedMs };
    const perCallMs = round.elapsedMs / round.calls;
    round = emptyRound();
    if (before && before.limit < limit) {
      const gain = found.perSecond / before.perSecond - 1;
      if (gain < minGain * (found.inFlight / before.inFlight - 1)) {
        set(Math.max(before.limit, Math.min(limit, Math.floor(before.limit * (1 + gain)))), endedAt);
        pauseTrials(endedAt);
        return;
      }
      nextPauseMs = trialPauseMs.min;
    }
    before = found;
    tryMore(endedAt, perCallMs);
  };

  return {
    limit: (): number => Math.max(1, Math.floor(limit)),
    resume: (concurrency: number): void => {
      limit = Math.max(1, Math.min(concurrency, max));
    },
    answered: (sample: CallSample): void => {
      // Headers that leave room are evidence even if few calls were in flight, as the first of a day are.
      if (sample.room && !hasRefused)
        set(Math.min(highest(sample.endedAt), Math.max(limit, sample.room)), sample.endedAt);
      else if (!sample.wasFull) return;
      else if (sample.room === undefined && !hasRefused) measure(sample);
      else if (sample.room !== 0)
        set(Math.min(highest(sample.endedAt), limit + (limit < threshold ? 1 : 1 / limit)), sample.endedAt);
    },
    /** @param inFlight Calls in flight when the refused one was sent, itself included. */
    refused: (inFlight: number, startedAt: number, now: number): void => {
      hasRefused = true;
      // Calls that were sent before the last change are no new evidence.
      if (startedAt < changedAt) return;
      // A server with few slots takes all calls but this one. One that refuses for another reason takes some of them.
      set(Math.max(1, Math.min(limit, Math.max(inFlight - 1, Math.floor(limit * decrease)))), now);
      [threshold, ceiling] = [limit, { calls: Math.floor(limit), at: now }];
    },
    /** A trial may have made calls too slow. */
    ranOutOfTime: (now: number): void => {
      pauseTrials(now);
      set(Math.min(limit, Math.max(start, Math.floor(limit / trialFactor))), now);
    },
  };
};
