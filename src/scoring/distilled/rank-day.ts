import type { DayRankingTask } from '../../core/screening.ts';
import { rankDay } from './ranking.ts';

// A program that ranks one day and exits.

process.once('message', async (task: DayRankingTask) => {
  const order = await rankDay(task, new AbortController().signal);
  process.send?.(order, undefined, {}, () => process.disconnect());
});
// The bot has exited.
process.once('disconnect', () => process.exit());
