import type { PrefilterTask } from '../../core/prefilter.ts';
import { planPrefilter } from './prefilter.ts';

// The program of the process that plans one day and ends.

process.once('message', async (task: PrefilterTask) => {
  const outcome = await planPrefilter(task, new AbortController().signal);
  process.send?.(outcome, undefined, {}, () => process.disconnect());
});
// Nobody is left who would want the plan.
process.once('disconnect', () => process.exit());
