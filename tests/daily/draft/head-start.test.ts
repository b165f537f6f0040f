import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Channel } from '../../../src/core/channel.ts';
import type { Prefilter } from '../../../src/core/screening.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { runChannel } from '../../../src/daily/run.ts';
import {
  announcementOf,
  evenScorer,
  remoteFailure,
  type ScriptedPlatform,
  scriptedPlatform,
  scriptedSource,
} from '../../fakes/daily.ts';
import { channelOf } from '../../fakes/fixtures.ts';
import { runPartsOf } from '../../fakes/run.ts';

const signal = new AbortController().signal;
const tuesday = '2025-07-08';
const tuesdayMorning = '2025-07-08T13:00:00Z';
const channel = channelOf({ post: ['slack:C1'], categories: ['cs.LG', 'cs.AI'] });
const learning = announcementOf('cs.LG', tuesday, ['1', '2', '3', '4', '5']);
const intelligence = announcementOf('cs.AI', tuesday, ['6', '7']);

let stores: Stores;
let slack: ScriptedPlatform;
beforeEach(() => {
  stores = openStores(':memory:');
  slack = scriptedPlatform();
});
afterEach(() => stores.close());

/** The model scores two papers in a request. Until `second` resolves, arXiv has sent the first category only. */
const day = ({ second = Promise.resolve(), first = learning, on, before, ...more }: Options = {}) => {
  const even = { ...evenScorer(8, 8, { engine: 'openai' }), papersPerCall: 2 };
  const model: typeof even = {
    ...even,
    async *score(task) {
      const scoring = even.score(task);
      const verdicts = await scoring.next();
      await before?.();
      if (verdicts.done) return verdicts.value;
      yield verdicts.value;
      return yield* scoring;
    },
  };
  const source = scriptedSource({
    newest: { 'cs.LG': () => first, 'cs.AI': () => second.then(() => intelligence) },
    ...(on && { on }),
  });
  const parts = { ...runPartsOf(tuesdayMorning, { stores, source, scorers: [model], platforms: [slack] }), ...more };
  return { model, parts, run: (one: Channel = channel) => runChannel(one, {}, parts, signal) };
};

type Options = {
  on?: NonNullable<Parameters<typeof scriptedSource>[0]['on']>;
  second?: Promise<void>;
  /** Is awaited before each answer of the model. */
  before?: () => Promise<void>;
  first?: typeof learning;
  prefilter?: Prefilter;
};

const idsOf = ({ tasks }: { tasks: readonly { papers: readonly { id: string }[] }[] }) =>
  tasks.map(({ papers }) => papers.map(({ id }) => id));

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await turn();
};

const gap = () => Promise.withResolvers<void>();

describe('the head start', () => {
  it('scores full requests of the first category before arXiv has sent the second', async () => {
    const { promise: second, resolve } = gap();
    const { model, run } = day({ second });
    const running = run();
    await until(() => model.tasks.length > 0);
    expect(idsOf(model)).toEqual([['1', '2', '3', '4']]);
    resolve();
    expect(await running).toMatchObject({ status: 'posted', sent: 7 });
    expect(idsOf(model)).toEqual([
      ['1', '2', '3', '4'],
      ['5', '6', '7'],
    ]);
    expect(slack.posted).toHaveLength(8);
  });

  it('scores no muted paper', async () => {
    const { promise: second, resolve } = gap();
    const papers = learning.papers.map((one) =>
      one.paper.id === '2' ? { ...one, paper: { ...one.paper, title: 'A zeolite' } } : one,
    );
    const { model, run } = day({ second, first: { ...learning, papers } });
    const running = run({ ...channel, mute: ['zeolite'] });
    await until(() => model.tasks.length > 0);
    expect(idsOf(model)).toEqual([['1', '3', '4', '5']]);
    resolve();
    expect(await running).toMatchObject({ status: 'posted', sent: 6, digest: { counts: { muted: 1 } } });
    expect(idsOf(model).flat()).not.toContain('2');
  });

  it('scores only the likeliest picks if there is a prefilter, and less of some of them', async () => {
    const { promise: second, resolve } = gap();
    const asked: string[][] = [];
    const prefilter: Prefilter = async (_channel, _date, papers) => {
      asked.push(papers.map(({ id }) => id));
      if (papers.length > 5) return { prefilter: { reason: 'it failed (see the log)' }, unlikely: [] };
      const read = () => Promise.reject(new Error('not read before the day is complete'));
      return { likeliest: { ids: ['5', '3', '1'], brief: new Set(['3']) }, read };
    };
    const { model, run } = day({ second, prefilter });
    const running = run();
    await until(() => model.tasks.length > 0);
    expect(idsOf(model)).toEqual([['5', '3']]);
    expect(model.tasks[0]?.brief).toEqual(new Set(['3']));
    resolve();
    expect(await running).toMatchObject({ status: 'posted', sent: 7 });
    expect(asked.map(({ length }) => length)).toEqual([5, 7]);
  });

  it('stops ranking once arXiv has sent the last category', async () => {
    const { promise: second, resolve } = gap();
    const signals: AbortSignal[] = [];
    const prefilter: Prefilter = async (_channel, _date, papers, _query, signal) => {
      signals.push(signal);
      if (papers.length > 5) return { prefilter: { reason: 'it failed (see the log)' }, unlikely: [] };
      await new Promise<void>((stopped) => signal.addEventListener('abort', () => stopped()));
      throw signal.reason;
    };
    const { model, run } = day({ second, prefilter });
    const running = run();
    await until(() => signals.length > 0);
    resolve();
    expect(await running).toMatchObject({ status: 'posted', sent: 7 });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(idsOf(model)).toEqual([['1', '2', '3', '4', '5', '6', '7']]);
  });

  it('lets the day be ranked while its requests end', async () => {
    const { promise: second, resolve } = gap();
    const { promise: answered, resolve: answer } = gap();
    const asked: number[] = [];
    const prefilter: Prefilter = async (_channel, _date, papers) => {
      asked.push(papers.length);
      if (papers.length > 5) return { prefilter: { reason: 'it failed (see the log)' }, unlikely: [] };
      const read = () => Promise.reject(new Error('not read before the day is complete'));
      return { likeliest: { ids: ['5', '3'], brief: new Set() }, read };
    };
    const { model, run } = day({ second, prefilter, before: () => answered });
    const running = run();
    await until(() => model.tasks.length > 0);
    resolve();
    await until(() => asked.length === 2);
    expect(idsOf(model)).toEqual([['5', '3']]);
    answer();
    expect(await running).toMatchObject({ status: 'posted', sent: 7 });
    expect(asked).toEqual([5, 7]);
    expect(idsOf(model)).toEqual([
      ['5', '3'],
      ['1', '2', '4', '6', '7'],
    ]);
  });

  it('is not made from a listing that is behind', async () => {
    const monday = announcementOf('cs.LG', '2025-07-07', ['1', '2', '3', '4']);
    const { promise: second, resolve } = gap();
    const { model, run } = day({ second, first: monday, on: { 'cs.LG 2025-07-08': learning } });
    const running = run();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect(idsOf(model)).toEqual([]);
    resolve();
    await running;
    expect(idsOf(model)).toEqual([['1', '2', '3', '4', '5', '6', '7']]);
  });

  it('is not made if a minimum h-index may leave out papers', async () => {
    const { model, run } = day();
    await run({ ...channel, minHIndex: 5 });
    expect(idsOf(model)).toEqual([['1', '2', '3', '4', '5', '6', '7']]);
  });

  it('is not made if the digest was retracted', async () => {
    const person = 'slack:T1:U1';
    const at = tuesdayMorning;
    await stores.changes.add({ at, person, channel: channel.name, action: 'retract', value: { date: tuesday } });
    const { model, run } = day();
    expect(await run()).toMatchObject({ status: 'nothing-new' });
    expect(idsOf(model)).toEqual([]);
  });

  it('does not delay the day if it fails', async () => {
    const { model, run } = day({
      prefilter: async (_channel, _date, papers) => {
        if (papers.length === 5) throw remoteFailure();
        return { prefilter: { reason: 'it failed (see the log)' }, unlikely: [] };
      },
    });
    expect(await run()).toMatchObject({ status: 'posted', sent: 7 });
    expect(idsOf(model)).toEqual([['1', '2', '3', '4', '5', '6', '7']]);
  });
});
