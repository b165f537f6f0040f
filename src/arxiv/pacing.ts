import type { Clock } from '../core/clock.ts';
import { isLoopback } from '../core/http.ts';

/** Between any two requests to arXiv, https://info.arxiv.org/help/api/tou.html: at most one every three seconds. */
const anyHostGapMs = 3_000;

/** Between two requests to arxiv.org itself: `Crawl-delay: 15` of https://arxiv.org/robots.txt. */
const webHostGapMs = 15_000;

/** Keeps the distance between requests, save to this machine; the caller makes one request at a time. */
export type Pacer = {
  /** How long a request to the address has to wait now, in milliseconds. */
  waitFor(url: URL): number;
  /** Notes that a request to the address has ended. */
  ended(url: URL): void;
  /** Notes that the host asked to be left alone for so many milliseconds. */
  blocked(url: URL, ms: number): void;
};

const gapOf = (url: URL): number => (/^(?:www\.)?arxiv\.org$/.test(url.hostname) ? webHostGapMs : anyHostGapMs);

export const createPacer = (clock: Pick<Clock, 'realNow'>): Pacer => {
  let lastEnd: number | undefined;
  const lastEnds = new Map<string, number>();
  const blocks = new Map<string, { from: number; ms: number }>();

  // A clock that was set back must not turn a gap of seconds into one of hours.
  const left = (from: number | undefined, ms: number): number =>
    from === undefined ? 0 : Math.min(ms, Math.max(0, ms - (clock.realNow() - from)));

  return {
    waitFor: (url) => {
      const block = blocks.get(url.host);
      const asked = block ? left(block.from, block.ms) : 0;
      if (isLoopback(url)) return asked;
      return Math.max(asked, left(lastEnd, anyHostGapMs), left(lastEnds.get(url.host), gapOf(url)));
    },
    ended: (url) => {
      if (isLoopback(url)) return;
      lastEnd = clock.realNow();
      lastEnds.set(url.host, lastEnd);
    },
    blocked: (url, ms) => {
      blocks.set(url.host, { from: clock.realNow(), ms });
    },
  };
};
