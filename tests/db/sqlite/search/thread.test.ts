import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStores } from '../../../../db/sqlite/index.ts';
import { createSearchThread, type SearchThread } from '../../../../db/sqlite/search/thread.ts';
import { ExternalError } from '../../../../src/core/errors.ts';
import { paperOf } from '../../../fakes/fixtures.ts';

describe('the search thread', () => {
  let folder: string;
  let thread: SearchThread | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paperboy-search-'));
  });
  afterEach(() => {
    thread?.close();
    thread = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Answers with the requested name; `hang` never ends, `die` ends the thread. */
  const open = (timeoutMs = 3_000): SearchThread => {
    const script = join(folder, 'worker.mjs');
    writeFileSync(
      script,
      `import { parentPort } from 'node:worker_threads';
      parentPort.postMessage('ready');
      parentPort.on('message', ({ id, request }) => {
        const [name] = request.args;
        if (name === 'hang') for (;;);
        if (name === 'die') process.exit(3);
        if (name === 'throw') throw new Error('no such table');
        parentPort.postMessage(name === 'fail' ? { id, error: 'malformed' } : { id, result: name });
      });`,
    );
    thread = createSearchThread('unused.db', { script: pathToFileURL(script), timeoutMs });
    return thread;
  };
  const ask = (thread: SearchThread, name: string) =>
    thread.ask({ method: 'byAuthor', args: [name as never, 1] }).catch((error: unknown) => error);

  test('stops a query that takes too long, and a new thread answers the next one', async () => {
    const thread = open(500);
    const [slow, next] = await Promise.all([ask(thread, 'hang'), ask(thread, 'next')]);
    expect(slow).toBeInstanceOf(ExternalError);
    expect(slow).toMatchObject({ service: 'The search', retryable: false });
    expect(String(slow)).toMatch(/took longer than 0.5 seconds.*more words/);
    expect(next).toBe('next');
  });

  test.each(['die', 'throw'])('that dies (%s) fails one query, and a new thread answers the next', async (how) => {
    const thread = open();
    const [lost, next] = await Promise.all([ask(thread, how), ask(thread, 'next')]);
    expect(lost).toBeInstanceOf(ExternalError);
    expect(next).toBe('next');
    expect(await ask(thread, 'later')).toBe('later');
  });

  test('fails only the query with an error', async () => {
    const thread = open();
    const answers = await Promise.all(['one', 'fail', 'two'].map((name) => ask(thread, name)));
    expect(answers.map(String)).toEqual(['one', 'Error: the search failed: malformed', 'two']);
  });

  test('rejects waiting and later queries once closed', async () => {
    const thread = open();
    const waiting = [ask(thread, 'hang'), ask(thread, 'next')];
    await sleep(100);
    thread.close();
    for (const answer of await Promise.all(waiting)) expect(answer).toBeInstanceOf(ExternalError);
    expect(await ask(thread, 'late')).toBeInstanceOf(Error);
  });

  test('leaves the database in one file after closing', async () => {
    const file = join(folder, 'paperboy.db');
    const stores = openStores(file);
    await stores.announcements.savePapers([paperOf('2507.00001', { title: 'Pruning' })]);
    expect((await stores.search.search({ words: 'pruning', limit: 1 })).found).toBe(1);
    stores.close();
    expect([`${file}-wal`, `${file}-shm`].filter(existsSync)).toEqual([]);
  });

  test('does not block the event loop', async () => {
    const thread = open(2_000);
    let isPending = true;
    const pending = ask(thread, 'hang').finally(() => {
      isPending = false;
    });
    for (let turn = 0; turn < 10; turn += 1) await sleep(5);
    expect(isPending).toBe(true);
    thread.close();
    await pending;
  });
});
