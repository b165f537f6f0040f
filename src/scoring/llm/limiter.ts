import type {
  CallDenial,
  CallLimiter,
  CallPermit,
  CallPriority,
  CallRefusal,
  CallWish,
  RateLimit,
  RateLimits,
} from '../../core/call-limiter.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { createBucket } from './bucket.ts';
import type { CallShare } from './call-share.ts';
import { createConcurrency } from './concurrency.ts';
import { createWaitingLine, type Waiting } from './waiting-line.ts';

const defaultConcurrency = 4;

/** Two rounds of this many calls, with twelve papers each, score a large day. */
const maxConcurrency = 24;

/** The longest known wait for which a call waits, in milliseconds. A longer one is reported. */
const maxWaitMs: Record<CallPriority, number> = { person: 60_000, digest: 5 * 60_000, remedial: 5 * 60_000 };

/** If a server refuses everything for this long, in milliseconds, its refusals are reported. */
const maxSilenceMs: Record<CallPriority, number> = { person: 30_000, digest: 3 * 60_000, remedial: 3 * 60_000 };

/** Longer than any wait for a permit. A refusal before that is no part of the same silence. */
const forgetRefusalsMs = 10 * 60_000;

/** Wait after a refusal that names none. It doubles until the server answers. */
const backoffMs = { min: 1_250, max: 30_000 };

/** Timeouts of calls of one size, without any answer since, that show that the server hangs. */
const minTimeouts = 2;

/** Calls at a time while the server may hang. Each waits for the whole timeout and may be charged. */
const maxProbes = 2;

/** Calls of one size differ by the lengths of their papers. */
const sameSize = 1.5;

type Waiter = Waiting & CallWish & { settle(result: CallPermit | CallDenial): void };

/** `number` counts from 1. */
type InFlight = { number: number; startedAt: number };

export type LimiterOptions = {
  /** The configured number of calls in flight. Without it, the number starts at the default and may grow. */
  concurrency?: number | undefined;
  timeoutMs: number;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Set if other processes may use the same key. */
  share?: ((onChange: () => void) => CallShare) | undefined;
  logger?: Pick<Logger, 'info'> | undefined;
};

const ranks: readonly CallPriority[] = ['person', 'digest', 'remedial'];

/** How many calls the server says are left, by one of its limits; undefined if it says nothing. */
const callsLeft = ({ remaining }: RateLimit, perCall: number): number | undefined =>
  remaining === undefined ? undefined : Math.floor(remaining / perCall);

/** The fewest that any limit leaves. */
const roomIn = ({ requests, tokens }: RateLimits, tokensPerCall: number): number | undefined => {
  const left = [callsLeft(requests, 1), callsLeft(tokens, tokensPerCall)].filter((one) => one !== undefined);
  return left.length === 0 ? undefined : Math.min(...left);
};

/** What is left to this process of limits that it shares. */
const partOf = ({ limit, remaining, resetMs }: RateLimit, fraction: number): RateLimit => ({
  limit: limit && limit * fraction,
  remaining: remaining && remaining * fraction,
  resetMs,
});

/** A pause that the server asks for counts more than the time until its limits are full again. */
const withoutReset = ({ requests, tokens }: RateLimits): RateLimits => ({
  requests: { ...requests, resetMs: undefined },
  tokens: { ...tokens, resetMs: undefined },
});

/**
 * Calls are made in the order of `waiting-line.ts`, as many at a time as `concurrency.ts` allows, and no more requests and
 * tokens per minute than the server's headers allow (`bucket.ts`). Of what several processes may do together, this one
 * does its share (`call-share.ts`), but at least one call.
 */
export const createCallLimiter = ({
  concurrency,
  timeoutMs,
  clock,
  share: openShare,
  logger,
}: LimiterOptions): CallLimiter => {
  const max = concurrency ?? maxConcurrency;
  const slots = createConcurrency({ start: concurrency ?? defaultConcurrency, max, timeoutMs });
  const line = createWaitingLine<Waiter>();
  const requests = createBucket();
  const tokens = createBucket();
  const inFlight = new Set<InFlight>();
  const seats = new Set<{ rank: number; inProgress: number }>();
  const now = (): number => clock.monotonic();
  const share = openShare?.(() => grantAll());
  const maxOwn = (): number => (share ? Math.max(1, Math.floor(max * share.fraction())) : max);
  let tokenLimit: number | undefined;

  let hasStarted = false;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  /** Later than `pausedUntil` if the server asked for more than a call waits. */
  let pauseEndsAt = Number.NEGATIVE_INFINITY;
  let fullAt = Number.NEGATIVE_INFINITY;
  let refusals = 0;
  let lastRefusalAt = Number.NEGATIVE_INFINITY;
  let granted = 0;
  /** Calls up to this number were made before the last refusal. */
  let refusedUpTo = 0;
  /** When the server began to refuse calls without answering any. */
  let silentSince: number | undefined;
  /** Tokens of the calls that ran out of time since the last answer. */
  let timedOut: number[] = [];
  let lastAnswerAt = Number.NEGATIVE_INFINITY;

  /** Calls in flight, summed over milliseconds. */
  let callMs = { total: 0, at: now() };
  const countCallMs = (): number => {
    callMs = { total: callMs.total + inFlight.size * (now() - callMs.at), at: now() };
    return callMs.total;
  };

  let waking: { at: number; stop: AbortController } | undefined;
  const wakeIn = (ms: number): void => {
    const at = now() + ms;
    if (waking && waking.at <= at) return;
    waking?.stop.abort();
    const wake = { at, stop: new AbortController() };
    waking = wake;
    clock.sleep(Math.ceil(ms), wake.stop.signal).then(
      () => {
        if (waking === wake) waking = undefined;
        grantAll();
      },
      () => undefined,
    );
  };

  const deny = (waiter: Waiter, denial: CallDenial): void => {
    if (line.remove(waiter)) waiter.settle(denial);
  };

  const learn = ({ requests: ofRequests, tokens: ofTokens }: RateLimits): void => {
    const fraction = share?.fraction() ?? 1;
    requests.learn(partOf(ofRequests, fraction), now());
    tokens.learn(partOf(ofTokens, fraction), now());
    tokenLimit = ofTokens.limit ?? tokenLimit;
  };

  const hearAnswer = (): void => {
    [refusals, silentSince, timedOut, lastAnswerAt] = [0, undefined, [], now()];
  };

  const isSlotShortage = ({ status, limits }: CallRefusal, call: InFlight, needed: number): boolean => {
    const isEarlierInFlight = [...inFlight].some((other) => other.number < call.number);
    if (status !== 429) return isEarlierInFlight;
    return roomIn(limits, needed) !== 0;
  };

  const pause = (retryAfterMs: number | undefined): void => {
    const backoff = Math.min(backoffMs.max, backoffMs.min * 2 ** (refusals - 1));
    // Some servers ask for no pause again and again.
    const ms = refusals > 1 ? Math.max(retryAfterMs ?? 0, backoff) : (retryAfterMs ?? backoff);
    for (const waiter of line.all())
      if (ms > maxWaitMs[waiter.priority]) deny(waiter, { denied: 'paused', waitMs: ms });
    // Longer pauses are reported, and a later call may ask whether it is over.
    pausedUntil = Math.max(pausedUntil, now() + Math.min(ms, maxWaitMs.digest));
    pauseEndsAt = Math.max(pauseEndsAt, now() + ms);
  };

  const denyHanging = (): void => {
    for (const waiter of line.all()) {
      const alike = timedOut.filter((one) => one <= waiter.tokens * sameSize);
      if (alike.length >= minTimeouts) deny(waiter, { denied: 'hanging' });
    }
  };

  const grant = (waiter: Waiter): void => {
    line.take(waiter);
    const startMs = countCallMs();
    granted += 1;
    const call: InFlight = { number: granted, startedAt: now() };
    inFlight.add(call);
    const inFlightAtStart = inFlight.size;
    if (inFlight.size >= slots.limit()) fullAt = now();
    const correctTokens = tokens.take(waiter.tokens, now());
    requests.take(1, now());

    waiter.settle({
      elapsedMs: () => now() - call.startedAt,
      answered: (used, limits) => {
        hearAnswer();
        if (used) correctTokens(used.prompt + used.completion);
        learn(limits);
        const elapsedMs = Math.max(1, now() - call.startedAt);
        slots.answered({
          startedAt: call.startedAt,
          endedAt: now(),
          inFlightAtStart,
          tokens: used?.completion || waiter.tokens,
          inFlight: (countCallMs() - startMs) / elapsedMs,
          wasFull: fullAt >= call.startedAt || inFlight.size >= slots.limit(),
          room: roomIn(limits, waiter.tokens),
        });
      },
      refused: (refusal) => {
        const { status, retryAfterMs, limits } = refusal;
        const isShortage = isSlotShortage(refusal, call, waiter.tokens);
        // A server that is down refuses calls with 503, too.
        if (status !== 429 && !isShortage) return false;
        correctTokens(0);
        learn(retryAfterMs === undefined ? limits : withoutReset(limits));
        if (silentSince === undefined || now() - lastRefusalAt > forgetRefusalsMs) silentSince = call.startedAt;
        if (isShortage) slots.refused(inFlightAtStart, call.startedAt, now());
        // Calls that were made together are refused together.
        if (call.number > refusedUpTo) [refusals, refusedUpTo, lastRefusalAt] = [refusals + 1, granted, now()];
        pause(retryAfterMs);
        const state = { status, concurrency: slots.limit(), retryAfterMs };
        logger?.info(state, isShortage ? 'the model takes fewer calls at a time' : "the model's rate limit is reached");
        return (
          (retryAfterMs ?? 0) <= maxWaitMs[waiter.priority] && now() - silentSince <= maxSilenceMs[waiter.priority]
        );
      },
      failed: (limits) => {
        hearAnswer();
        learn(limits);
      },
      ranOutOfTime: () => {
        slots.ranOutOfTime(now());
        if (lastAnswerAt >= call.startedAt) return;
        timedOut.push(waiter.tokens);
        denyHanging();
      },
      release: () => {
        countCallMs();
        inFlight.delete(call);
        grantAll();
      },
    });
  };

  const allowed = (): number => Math.min(slots.limit(), maxOwn(), timedOut.length > 0 ? maxProbes : max);
  const wanted = (): number => Math.min(max, inFlight.size + line.size());

  const grantAll = (): void => {
    share?.want(wanted());
    for (let next = line.first(now()); next && inFlight.size < allowed(); next = line.first(now())) {
      const limitsMs = Math.max(requests.waitMs(1, now()), tokens.waitMs(next.tokens, now()));
      const waitMs = Math.max(pausedUntil > now() ? pauseEndsAt - now() : 0, limitsMs);
      if (waitMs <= 0) grant(next);
      else if (waitMs > maxWaitMs[next.priority]) deny(next, { denied: 'paused', waitMs });
      else {
        wakeIn(waitMs);
        return;
      }
    }
    if (line.size() > 0) return;
    waking?.stop.abort();
    waking = undefined;
  };

  return {
    max,
    acquire: async (wish) => {
      if (share) {
        share.want(wanted() + 1);
        await share.known();
      }
      wish.signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<CallPermit | CallDenial>();
      const waiter: Waiter = { ...wish, since: now(), settle: resolve };
      const leave = (): void => {
        if (!line.remove(waiter)) return;
        reject(wish.signal.reason);
        grantAll();
      };
      wish.signal.addEventListener('abort', leave, { once: true });
      line.add(waiter);
      grantAll();
      try {
        return await promise;
      } finally {
        wish.signal.removeEventListener('abort', leave);
      }
    },
    join: (priority) => {
      const seat = { rank: ranks.indexOf(priority), inProgress: 0 };
      seats.add(seat);
      return {
        mayAdd: (inProgress) => {
          seat.inProgress = inProgress;
          const rivals = [...seats].filter((one) => one !== seat && one.rank <= seat.rank);
          const others = rivals.reduce((sum, one) => sum + one.inProgress, 0);
          const limit = Math.min(slots.limit(), maxOwn());
          const fair = Math.ceil(limit / (rivals.length + 1));
          return inProgress < Math.max(fair, limit - others);
        },
        leave: () => void seats.delete(seat),
      };
    },
    resume: (learned) => {
      if (!hasStarted && learned !== undefined && concurrency === undefined) slots.resume(learned);
      hasStarted = true;
    },
    learned: () => (concurrency === undefined && slots.limit() !== defaultConcurrency ? slots.limit() : undefined),
    isSilent: () => timedOut.length > 0,
    state: () => ({
      ...{ inFlight: inFlight.size, waiting: line.size(), concurrency: slots.limit() },
      tokensPerMinute: tokenLimit,
    }),
  };
};
