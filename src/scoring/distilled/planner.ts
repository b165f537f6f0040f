import type { PrefilterTask } from '../../core/score.ts';
import { planPrefilter } from './prefilter.ts';

// A program that plans one day and exits.

process.once('message', async (task: PrefilterTask) => {
  const outcome = await planPrefilter(task, new AbortController().signal);
  process.send?.(outcome, undefined, {}, () => process.disconnect());
});
// The bot has exited.
process.once('disconnect', () => process.exit());
