import type { AnnouncementSource } from '../../src/core/arxiv.ts';
import type { AuthorIndex } from '../../src/core/author.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Scorer } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createCollector } from '../../src/daily/collect/collect.ts';
import type { RunParts } from '../../src/daily/run.ts';
import { createQuickClock } from './clock.ts';
import type { ScriptedPlatform } from './daily.ts';
import { quietLogger } from './logger.ts';

const emptyIndex: AuthorIndex = {
  ofPapers: async (paperIds) => ({ known: new Map(), unknown: new Set(paperIds), failure: undefined }),
  candidates: async () => [],
};

/** The parts of a run at a simulated time; the default clock sleeps briefly. */
export const runPartsOf = (
  now: string,
  parts: {
    stores: Stores;
    source: AnnouncementSource;
    scorers: Scorer[];
    platforms: ScriptedPlatform[];
    clock?: Clock;
    authors?: AuthorIndex;
  },
): RunParts & { refreshed: number } => {
  const { stores, source, scorers, platforms } = parts;
  const { clock = createQuickClock(now), authors = emptyIndex } = parts;
  const made: RunParts & { refreshed: number } = {
    ...{ stores, scorers, clock, authors, refreshed: 0 },
    topicsOf: () => new Map(),
    nudgesOf: async () => new Map(),
    likedOf: async () => new Set(),
    collector: createCollector({ source, announcements: stores.announcements, clock, logger: quietLogger }),
    publishing: {
      platforms: new Map(platforms.map((platform) => [platform.name, platform])),
      outages: new Map(),
      logger: quietLogger,
      random: () => 0,
    },
    refreshReactions: async () => {
      made.refreshed += 1;
    },
  };
  return made;
};
