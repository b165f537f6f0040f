import { z } from 'zod';
import type { RateLimit, RateLimits } from '../../core/call-limiter.ts';

const unitMs: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

const part = /(\d+(?:\.\d+)?)(ms|us|µs|ns|d|h|m|s)/g;

/** Larger numbers are points in time: seconds since 1970. */
const maxSeconds = 1e9;

/**
 * Milliseconds until a limit resets: Go's durations as OpenAI and Groq send them ("6m0s", "120ms"), seconds ("17"),
 * or a point in time (seconds or milliseconds since 1970, ISO 8601).
 * @param now milliseconds since 1970
 * @returns undefined for anything else
 */
const durationMs = (text: string, now: number): number | undefined => {
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number < maxSeconds) return number * 1_000;
    return Math.max(0, (number < maxSeconds * 1_000 ? number * 1_000 : number) - now);
  }
  if (/^\d{4}-\d\d-\d\dT/.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : Math.max(0, at - now);
  }
  const parts = [...text.matchAll(part)];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== text) return undefined;
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (unitMs[unit] ?? 0), 0);
};

/** Azure sends -1 for unknown. */
const count = z.coerce.number().nonnegative().optional().catch(undefined);
const limit = z.coerce.number().positive().optional().catch(undefined);

const kinds = ['requests', 'tokens'] as const;

/**
 * Reads `x-ratelimit-*` headers. What is missing or unreadable is undefined.
 * https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 */
export const readRateLimits = (headers: Headers | undefined, now: number): RateLimits => {
  const read = (kind: (typeof kinds)[number]): RateLimit => {
    const text = (name: string): string | undefined => headers?.get(`x-ratelimit-${name}-${kind}`)?.trim() || undefined;
    return {
      limit: limit.parse(text('limit')),
      remaining: count.parse(text('remaining')),
      resetMs: durationMs(text('reset') ?? '', now),
    };
  };
  return { requests: read('requests'), tokens: read('tokens') };
};
