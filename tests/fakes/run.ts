import type { Clock } from '../../src/core/clock.ts';
import type { Scorer } from '../../src/core/score.ts';
import type { AnnouncementSource } from '../../src/core/source.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createCollector } from '../../src/daily/collect.ts';
import type { RunParts } from '../../src/daily/run.ts';
import { quietLogger } from '../chat/slack/quiet.ts';
import { createQuickClock } from './clock.ts';
import type { ScriptedPlatform } from './daily.ts';

/** The parts of a run at a told time; with short waits, unless another clock is given. */
export const runPartsOf = (
  told: string,
  parts: {
    stores: Stores;
    source: AnnouncementSource;
    scorers: Scorer[];
    platforms: ScriptedPlatform[];
    clock?: Clock;
  },
): RunParts & { refreshed: number } => {
  const { stores, source, scorers, platforms } = parts;
  const { clock = createQuickClock(told) } = parts;
  const made: RunParts & { refreshed: number } = {
    ...{ stores, scorers, clock, refreshed: 0 },
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
