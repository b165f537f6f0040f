import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from '../driver.ts';
import { answer, createSearchEngine, type SearchRequest } from './engine.ts';

// The search thread. It does not import drizzle, which would take more memory than everything else.

/** `closed` becomes 1 when the thread has closed its connection. */
export type WorkerData = { file: string; closed: Int32Array };

export type WorkerRequest = { id: number; request: SearchRequest } | 'close';

export type WorkerReply = 'ready' | { id: number; result: unknown } | { id: number; error: string };

const { file, closed } = workerData as WorkerData;
const sqlite = openSqlite(file, { readonly: true, fileMustExist: true });
sqlite.pragma('cache_size = -4000');
const engine = createSearchEngine(sqlite);

parentPort?.postMessage('ready' satisfies WorkerReply);
parentPort?.on('message', (message: WorkerRequest) => {
  if (message === 'close') {
    sqlite.close();
    Atomics.store(closed, 0, 1);
    Atomics.notify(closed, 0);
    parentPort?.close();
    return;
  }
  const { id, request } = message;
  let reply: WorkerReply;
  try {
    reply = { id, result: answer(engine, request) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(reply);
});
