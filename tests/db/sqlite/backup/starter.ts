import { parentPort, workerData } from 'node:worker_threads';
import { openStores } from '../../../../db/sqlite/index.ts';

// Opens a database as a command does, and names its newest digest.
parentPort?.postMessage('opening');
const stores = openStores(workerData as string);
const newest = await stores.digests.newest('foundations');
stores.close();
parentPort?.postMessage({ newestDigest: newest?.date });
