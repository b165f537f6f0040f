import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import { message } from '../../../src/core/message.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createHealthModel } from '../../../src/monitoring/health-model.ts';
import { type Board, createBoard } from '../../../tools/soak/board.ts';
import { checkDays, checkFallback, checkHealth, checkMessages } from '../../../tools/soak/checks.ts';
import { checkMemory, type Month } from '../../../tools/soak/months.ts';
import type { Plan } from '../../../tools/soak/plan.ts';
import { pausedChannel } from '../../../tools/soak/teams.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { digestOf, entryOf, paperOf, rubricOf } from '../../fakes/fixtures.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { scoredBy, verdictOf } from '../../fakes/posted.ts';

const dates = ['2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06'];
const plan: Plan = {
  ...{ dates, outages: {}, pause: undefined, off: undefined, events: [] },
  ...{ start: new Date('2026-03-02T18:00:00Z'), end: new Date('2026-03-09T12:00:00Z') },
  shownAt: new Map(dates.map((date) => [date, new Date(`${date}T01:10:00Z`)])),
};
const destination = 'board:lab';

let stores: Stores;
let board: Board;
beforeEach(() => {
  stores = openStores(':memory:');
  // No answer is lost.
  board = createBoard(
    () => 1,
    () => 0,
  );
});
afterEach(() => stores.close());

const checked = (name = 'lab', hasModel = true) => {
  const channels = { list: () => [{ name, post: [destination] }] };
  const health = createHealthModel({
    ...{ store: stores.health, clock: createSteppingClock('2026-03-06T12:00:00Z'), logger: quietLogger },
    view: {
      channels: () => [{ name, isPaused: false, post: [destination], authors: [], minHIndex: 0 }],
      ...{ hasModel, hasBackups: false, platforms: () => [], descriptors: [] },
    },
  });
  return { team: { name: 'team', hasModel }, app: () => ({ stores, health, channels }) };
};

type Made = {
  channel?: string;
  createdAt?: string;
  paperId?: string;
  version?: number;
  remedial?: boolean;
  engine?: 'local' | 'openai';
};

/** A digest with one paper, stored and posted. */
const make = async (date: string, made: Made = {}): Promise<void> => {
  const {
    channel = 'lab',
    createdAt = `${date}T14:00:00.000Z`,
    engine = 'openai',
    paperId = `2603.0${date.slice(5).replace('-', '')}`,
  } = made;
  const { version = 1 } = made;
  const paper = paperOf(paperId, { version });
  await stores.announcements.savePapers([paper]);
  await stores.scores.saveRubric(rubricOf());
  const [score] = await stores.scores.add(scoredBy, [{ ...verdictOf(paper.id, 9, 8), version }], createdAt);
  if (!score) throw new Error('no score stored');
  const digest = await stores.digests.create(
    digestOf([entryOf(1, paper, score)], {
      ...{ channel, date, engines: [{ engine, model: 'm', papers: 1 }] },
      remedial: made.remedial ? { from: date, to: date, approximate: false } : undefined,
    }),
    createdAt,
    [destination],
  );
  const platform = await board.descriptor.create({}, {} as never);
  let thread: Awaited<ReturnType<typeof platform.send>> | undefined;
  for (const { deliveryId, key } of await stores.outbox.list(digest.digestId, destination)) {
    const sent = await platform.send({ destination, thread, key, message: message('A paper', []) });
    thread ??= sent;
    await stores.outbox.sent(deliveryId, sent, 1);
  }
};

describe('the days', () => {
  it('are in order if each has one digest', async () => {
    for (const date of dates) await make(date);
    expect(await checkDays(checked(), plan)).toEqual([]);
    expect(await checkMessages(checked(), board, '2026-01-01')).toEqual([]);
  });

  it('must not be lost, or come from nowhere', async () => {
    for (const date of ['2026-03-03', '2026-03-04', '2026-03-06', '2026-03-07']) await make(date);
    expect(await checkDays(checked(), plan)).toEqual([
      'lab has 0 digests for 2026-03-05, not 1.',
      'lab has a digest for 2026-03-07, which arXiv did not announce.',
    ]);
  });

  it('must not repeat a paper, and must say that they are late', async () => {
    await make('2026-03-03');
    await make('2026-03-04', { createdAt: '2026-03-05T14:00:00.000Z' });
    await make('2026-03-05', { createdAt: '2026-03-06T14:00:00.000Z', remedial: true });
    await make('2026-03-06', { paperId: '2603.00303', version: 2 });
    expect(await checkDays(checked(), plan)).toEqual([
      'lab posted 2603.00303 on 2026-03-03 and on 2026-03-06.',
      'lab posted 2026-03-04 after 2026-03-05 was announced, but does not say that it is late.',
    ]);
  });

  it('that a paused channel cannot catch up on must be named', async () => {
    const days = ['03', '04', '05', '06', '09', '10', '11', '12', '13'].map((day) => `2026-03-${day}`);
    const pause = { from: new Date('2026-03-03T18:00:00Z'), to: new Date('2026-03-13T12:00:00Z') };
    const paused = {
      ...{ ...plan, dates: days, pause },
      shownAt: new Map(days.map((date) => [date, new Date(`${date}T01:10:00Z`)])),
    };
    await make('2026-03-03', { channel: pausedChannel });
    for (const date of ['2026-03-06', '2026-03-09', '2026-03-10', '2026-03-11', '2026-03-12'])
      await make(date, { channel: pausedChannel, createdAt: '2026-03-13T14:00:00.000Z', remedial: true });
    await make('2026-03-13', { channel: pausedChannel });
    expect(await checkDays(checked(pausedChannel), paused)).toEqual([
      `No digest of ${pausedChannel} says that it has none for 2026-03-05.`,
    ]);
  });
});

describe('the messages', () => {
  it('must arrive once', async () => {
    await make('2026-03-03');
    const [, paper] = board.notes;
    if (!paper) throw new Error('nothing arrived');
    const platform = await board.descriptor.create({}, {} as never);
    const thread = { destination, messageId: '0' };
    await platform.send({ destination, thread, key: paper.key, message: message('Again', []) });
    expect(await checkMessages(checked(), board, '2026-01-01')).toEqual([
      'lab, 2026-03-03, board:lab: 3 messages arrived, not 2.',
      'lab, 2026-03-03, board:lab: a message arrived 2 times.',
    ]);
    expect(await checkMessages(checked(), board, '2026-03-04')).toEqual([]);
  });
});

describe('health', () => {
  it('must name an outage, and nothing else', async () => {
    expect(await checkHealth(checked(), 'arxiv')).toEqual(['team: health does not mention the outage of arxiv.']);
    await stores.health.failed('arxiv', { reason: 'It is down', fix: 'Wait' }, '2026-03-05T12:00:00.000Z');
    expect(await checkHealth(checked(), 'arxiv')).toEqual([]);
    expect(await checkHealth(checked(), 'works')).toEqual([expect.stringContaining('It is down')]);
    expect(await checkHealth(checked('lab', false), 'model')).toEqual([]);
  });

  it('must agree with who scored the papers', async () => {
    const outages = { model: { from: new Date('2026-03-04T12:00:00Z'), to: new Date('2026-03-05T12:00:00Z') } };
    await make('2026-03-03', { engine: 'local' });
    await make('2026-03-04');
    await make('2026-03-05');
    expect(await checkFallback(checked(), { ...plan, outages })).toEqual([
      'lab, 2026-03-04: the model was down, but papers are its.',
      'lab, 2026-03-03: the model worked, but no papers are its.',
    ]);
  });
});

describe('memory', () => {
  const monthOf = (month: string, peakMb: number, days = 20): Month => ({
    ...{ month, days, papers: 1, peakMb, heapMb: 1, databaseMb: 1, cpuSecondsPerDay: 1 },
  });

  it('may grow in the first month only', () => {
    const months = [monthOf('2026-01', 100), monthOf('2026-02', 300), monthOf('2026-03', 320)];
    expect(checkMemory(months)).toEqual([]);
    expect(checkMemory([...months, monthOf('2026-04', 331)])).toEqual([
      'Memory grew from 300 MB in 2026-02 to 331 MB in 2026-04.',
    ]);
  });

  it('is not judged by a few days', () => {
    const months = [monthOf('2026-01', 100), monthOf('2026-02', 300), monthOf('2026-03', 400, 3)];
    expect(checkMemory(months)).toEqual([]);
  });
});
