import { quantile } from './quantile.ts';

/** Milliseconds. */
export type Latencies = { requests: number; p50: number; p99: number; max: number };

/** @returns milliseconds until the whole answer is read. @throws Error for another status than the expected one. */
export const timeRequest = async (
  url: string,
  { headers = {}, status = 200 }: { headers?: Record<string, string>; status?: number } = {},
): Promise<number> => {
  const began = performance.now();
  const response = await fetch(url, { headers });
  const body = await response.text();
  if (response.status !== status) throw new Error(`${url} answered with ${response.status}: ${body.slice(0, 200)}`);
  return performance.now() - began;
};

export const latenciesOf = (times: readonly number[]): Latencies => {
  const sorted = times.toSorted((a, b) => a - b);
  return { requests: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? 0 };
};
