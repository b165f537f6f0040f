import type { DayRankingTask } from '../../core/screening.ts';
import { createReader } from '../built-in/reader.ts';
import { rankDay } from './ranking.ts';

// A program that ranks days, one after another, until it is disconnected.

const reader = createReader();

process.on('message', async (task: DayRankingTask) => {
  process.send?.(await rankDay(task, new AbortController().signal, reader));
});
// The bot needs no more rankings, or has exited.
process.once('disconnect', () => process.exit());
