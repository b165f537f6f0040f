import { parentPort, workerData } from 'node:worker_threads';
import { createSearchEngine } from '../../search/engine.ts';
import { openSqlite } from '../driver.ts';
import { openArchive } from './archive.ts';
import { answer, type SearchRequest } from './requests.ts';

// The search thread. It does not import drizzle, which would take more memory than everything else.

/** `closed` becomes 1 when the thread has closed its connection. */
export type WorkerData = { file: string; closed: Int32Array };

export type WorkerRequest = { id: number; request: SearchRequest } | 'close';

export type WorkerReply = 'ready' | { id: number; result: unknown } | { id: number; error: string };

const { file, closed } = workerData as WorkerData;
const sqlite = openSqlite(file, { readonly: true, fileMustExist: true });
sqlite.pragma('cache_size = -4000');
const archive = openArchive(sqlite);
const engine = createSearchEngine();

const reply = (message: WorkerReply): void => parentPort?.postMessage(message);

reply('ready');
parentPort?.on('message', (message: WorkerRequest) => {
  if (message === 'close') {
    sqlite.close();
    Atomics.store(closed, 0, 1);
    Atomics.notify(closed, 0);
    parentPort?.close();
    return;
  }
  const { id, request } = message;
  answer(engine, archive, request).then(
    (result) => reply({ id, result }),
    (error: unknown) => reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
