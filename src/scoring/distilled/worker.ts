import { parentPort, workerData } from 'node:worker_threads';
import type { PrefilterTask } from '../../core/prefilter.ts';
import { planPrefilter } from './prefilter.ts';

// The thread that plans one day and ends: learning takes a second or two of a processor and more than a hundred megabytes,
// which nobody who asks for something should wait for and no bot should keep.

parentPort?.postMessage(await planPrefilter(workerData as PrefilterTask, new AbortController().signal));
