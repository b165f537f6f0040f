import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSchema } from '../../../config/schema.ts';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Channel, ChannelChange, NewChannel } from '../../../src/core/channel.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createChannelRegistry } from '../../../src/daily/channels/channels.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { channelOf, paperOf, rubricOf } from '../../fakes/fixtures.ts';

const alice = 'slack:T1:U1';
const bob = 'slack:T1:U2';

let stores: Stores;
let clock: ReturnType<typeof createSteppingClock>;
beforeEach(() => {
  stores = openStores(':memory:');
  clock = createSteppingClock('2025-07-08T13:00:00Z');
});
afterEach(() => stores.close());

const file = () => [
  channelOf({ post: ['slack:C1', 'web:foundations'] }),
  channelOf({ name: 'biology', post: ['slack:C2'] }),
];
const load = (fileChannels: readonly Channel[] = file(), sample?: Channel) =>
  createChannelRegistry({
    ...{ fileChannels, sample, changes: stores.changes, digests: stores.digests, clock },
    createRubric: (texts) => rubricOf({ ...texts, hash: `hash of ${JSON.stringify(texts)}` }),
    defaults: { schedule: '0 9 * * 1-5', language: 'English', criteria: 'Built-in criteria.' },
    validate: {
      name: (name) => (/^[\w-]+$/.test(name) ? undefined : 'write a name of letters, digits, - and _'),
      schedule: (text) => (text.split(' ').length === 5 ? undefined : `"${text}" is not a schedule`),
      category: (name) => (name.includes('.') ? undefined : `"${name}" is not an arXiv category`),
      timezone: (name) => (name.includes('/') ? undefined : `"${name}" is not a time zone`),
    },
  });

const topics = (text: string): ChannelChange => ({
  kind: 'topics',
  topics: text,
  cutoffs: { relevance: 5, novelty: 4 },
});
const wanted = (more: Partial<NewChannel> = {}): NewChannel => ({
  ...{
    name: 'physics',
    destination: 'slack:T1:C9',
    categories: ['hep.th'],
    topics: '1. Strings',
    timezone: 'Europe/Rome',
  },
  ...more,
});

describe('the sample', () => {
  it('is listed first while it is the only channel with a digest', async () => {
    const registry = await load(file(), channelOf({ name: 'sample', isPaused: true }));
    const names = async () => {
      await registry.reload();
      return registry.list().map(({ name }) => name);
    };
    expect(await names()).toEqual(['foundations', 'biology']);
    await saveDigest(stores, [paperOf('sample.00001')], { channel: 'sample', date: '2025-01-06' });
    expect(await names()).toEqual(['sample', 'foundations', 'biology']);
    await saveDigest(stores, [paperOf('2507.00001')], { channel: 'biology' });
    expect(await names()).toEqual(['foundations', 'biology']);
  });
});

describe('the channels', () => {
  it('take the same few statements, however many there are', async () => {
    stores.close();
    const statements: unknown[] = [];
    stores = openStores(':memory:', { onStatement: (sql) => statements.push(sql) });
    const countOf = async (channels: number): Promise<number> => {
      const registry = await load(
        Array.from({ length: channels }, (_, at) => channelOf({ name: `c${channels}-${at}` })),
      );
      await registry.create(wanted({ name: `new-${channels}`, destination: `slack:T1:D${channels}` }), alice);
      await registry.change(`c${channels}-0`, topics('1. Anything'), alice);
      statements.length = 0;
      await registry.reload();
      return statements.length;
    };
    const few = await countOf(1);
    expect([await countOf(30), few <= 4]).toEqual([few, true]);
  });

  it('are those of the file without changes', async () => {
    const registry = await load();
    expect(registry.list()).toEqual(file());
    expect(registry.find('biology')).toEqual(file()[1]);
    expect(registry.find('none')).toBeUndefined();
    expect(registry.differences()).toEqual([]);
  });

  it('have each change from chat at once and after a restart', async () => {
    const registry = await load();
    const changed = await registry.change('foundations', topics('1. New'), alice);
    await registry.change('foundations', { kind: 'schedule', schedule: '0 8 * * *' }, alice);
    await registry.change('foundations', { kind: 'pause', isPaused: true }, bob);
    await registry.change('foundations', { kind: 'authors', authors: [{ name: 'Ada First' }] }, bob);
    expect(changed).toMatchObject({
      rubric: { topics: '1. New', criteria: 'criteria' },
      cutoffs: { relevance: 5, novelty: 4 },
    });
    for (const one of [registry, await load()])
      expect(one.find('foundations')).toMatchObject({
        ...{ rubric: { topics: '1. New' }, schedule: '0 8 * * *', isPaused: true, authors: [{ name: 'Ada First' }] },
        categories: ['cs.LG', 'cs.AI'],
      });
    expect(registry.find('biology')).toEqual(file()[1]);
  });

  it('are also available without the changes', async () => {
    const registry = await load();
    await registry.change('foundations', topics('1. New'), alice);
    expect(registry.base('foundations')).toEqual(file()[0]);
    await registry.create(wanted(), alice);
    await registry.change('physics', topics('2. Branes'), alice);
    expect(registry.base('physics')?.rubric.topics).toBe('1. Strings');
    expect(registry.base('none')).toBeUndefined();
  });

  it('preview a change without making it', async () => {
    const registry = await load();
    expect(registry.preview('foundations', topics('1. New')).rubric.topics).toBe('1. New');
    expect(registry.list()).toEqual(file());
    expect(await stores.changes.newest(9)).toEqual([]);
  });

  it('undo one change at a time, each kind separately', async () => {
    const registry = await load();
    await registry.change('foundations', topics('1. First'), alice);
    await registry.change('foundations', topics('1. Second'), alice);
    await registry.change('foundations', { kind: 'pause', isPaused: true }, alice);
    expect((await registry.undo('foundations', 'topics', bob))?.rubric.topics).toBe('1. First');
    expect((await registry.undo('foundations', 'topics', bob))?.rubric).toEqual(file()[0]?.rubric);
    expect(await registry.undo('foundations', 'topics', bob)).toBeUndefined();
    expect(registry.find('foundations')?.isPaused).toBe(true);
  });

  it('keep a change if the file changes later, and take all else from the file', async () => {
    await (await load()).change('foundations', topics('1. Chat'), alice);
    const later = await load([channelOf({ rubric: rubricOf({ topics: '1. File' }), top: 5 })]);
    expect(later.find('foundations')).toMatchObject({ rubric: { topics: '1. Chat' }, top: 5 });
  });

  it('load changes of another process', async () => {
    const [one, other] = [await load(), await load()];
    await other.change('foundations', { kind: 'pause', isPaused: true }, alice);
    await one.reload();
    expect(one.find('foundations')?.isPaused).toBe(true);
  });

  it('skip a change that this version cannot read', async () => {
    const at = '2025-07-08T00:00:00.000Z';
    for (const value of [null, { kind: 'topics' }, { kind: 'pause', isPaused: true }])
      await stores.changes.add({ at, person: alice, channel: 'foundations', action: 'topics', value: value as never });
    expect((await load()).list()).toEqual(file());
  });
});

describe('differences from the file', () => {
  it('are listed with person and time, until the file has the same value', async () => {
    const registry = await load();
    await registry.change('foundations', { kind: 'schedule', schedule: '0 8 * * *' }, alice);
    await registry.create(wanted(), bob);
    const at = '2025-07-08T13:00:00.000Z';
    expect(registry.differences()).toEqual([
      { channel: 'physics', what: 'channel', by: bob, at },
      { channel: 'foundations', what: 'schedule', by: alice, at },
    ]);
    const adopted = await load([channelOf({ schedule: '0 8 * * *' }), channelOf({ name: 'Physics' })]);
    expect(adopted.differences()).toEqual([]);
    expect(adopted.list().map(({ name }) => name)).toEqual(['foundations', 'Physics']);
  });

  it('come with the texts of all edits, for the file', async () => {
    const registry = await load();
    await registry.change('foundations', topics('1. First'), alice);
    await registry.change('foundations', topics('1. Second'), bob);
    await registry.undo('foundations', 'topics', alice);
    const history = await stores.changes.list('foundations', 'topics');
    expect(history.map(({ value, person, undoneBy }) => [value.topics, person, undoneBy !== undefined])).toEqual([
      ['1. First', alice, false],
      ['1. Second', bob, true],
    ]);
  });
});

describe('a channel created in chat', () => {
  it('exists at once and after a restart, with the defaults of the config file', async () => {
    const registry = await load();
    const made = await registry.create(wanted({ categories: ['hep.th', 'hep.th '] }), alice);
    expect((await load()).find('physics')).toEqual(made);
    const read = fileSchema.parse({ channels: [{ name: 'x', post: ['web'], categories: ['cs.LG'], topics: 't.md' }] });
    const [{ announceTypes, primaryOnly, cutoffs, top, authors, minHIndex, groupByTopic } = made] = read.channels;
    expect(made).toMatchObject({ announceTypes, primaryOnly, cutoffs, top, authors, minHIndex, groupByTopic });
    expect(made).toMatchObject({
      ...{
        name: 'physics',
        post: ['slack:T1:C9'],
        categories: ['hep.th'],
        timezone: 'Europe/Rome',
        schedule: '0 9 * * 1-5',
      },
      rubric: { topics: '1. Strings', criteria: 'Built-in criteria.', language: 'English' },
    });
  });

  it('can be changed like any other', async () => {
    const registry = await load();
    await registry.create(wanted(), alice);
    await registry.change('physics', topics('1. Branes'), alice);
    expect((await load()).find('physics')?.rubric.topics).toBe('1. Branes');
  });

  it('can be removed, and created again without its earlier changes', async () => {
    const registry = await load();
    await registry.create(wanted(), alice);
    await registry.change('physics', topics('1. Branes'), alice);
    expect(registry.origin('physics')).toMatchObject({ by: alice, at: '2025-07-08T13:00:00.000Z' });
    await registry.remove('physics', bob);
    for (const one of [registry, await load()]) {
      expect(one.list()).toEqual(file());
      expect(one.differences()).toEqual([]);
      expect(one.former()).toEqual([]);
    }
    await expect(registry.remove('physics', bob)).rejects.toThrow('There is no channel "physics"');
    const again = await registry.create(wanted({ destination: 'slack:T1:C8', topics: '1. Loops' }), bob);
    expect(again).toMatchObject({ post: ['slack:T1:C8'], rubric: { topics: '1. Loops' } });
    expect((await load()).find('physics')).toEqual(again);
  });

  it('leaves its digests when it is removed, until its name is used again', async () => {
    const registry = await load();
    await registry.create(wanted(), alice);
    await saveDigest(stores, [], { channel: 'physics' });
    await registry.remove('physics', alice);
    expect(registry.former()).toMatchObject([{ name: 'physics', timezone: 'Europe/Rome' }]);
    await registry.create(wanted(), alice);
    expect(registry.former()).toEqual([]);
  });

  it('is the only kind that can be removed in chat', async () => {
    const registry = await load();
    await expect(registry.remove('foundations', alice)).rejects.toThrow(
      'foundations is in the config file, so only your Paperboy admin can remove it. Type /arxiv pause to stop it.',
    );
    expect(registry.origin('foundations')).toBeUndefined();
  });

  it.each([
    [{ destination: 'slack:T1:C1' }, /channel foundations already posts here/],
    [{ name: 'Foundations' }, /There is already a channel named Foundations\. Enter another name\./],
    [{ name: 'a b' }, 'The name: write a name of letters, digits, - and _.'],
    [{ categories: [] }, /Enter at least one arXiv category/],
    [{ categories: ['nope'] }, 'The categories: "nope" is not an arXiv category.'],
    [{ timezone: 'Rome' }, /"Rome" is not a time zone/],
    [{ topics: ' ' }, /The topics are empty/],
  ])('is refused with what to enter instead (%o)', async (more, message) => {
    const registry = await load();
    expect(() => registry.previewNew(wanted(more))).toThrow(UserError);
    await expect(registry.create(wanted(more), alice)).rejects.toThrow(message);
    expect(registry.list()).toHaveLength(2);
  });

  it('is created once per destination, even on two requests at once', async () => {
    const registry = await load();
    const ends = await Promise.allSettled([
      registry.create(wanted(), alice),
      registry.create(wanted({ name: 'other' }), bob),
    ]);
    expect(ends[1]).toMatchObject({ reason: { message: expect.stringMatching(/channel physics already posts here/) } });
    expect(registry.list()).toHaveLength(3);
  });
});

describe('a change', () => {
  it.each([
    [{ kind: 'topics', topics: '', cutoffs: { relevance: 5, novelty: 5 } }, /The topics are empty/],
    [{ kind: 'topics', topics: 'x', cutoffs: { relevance: 11, novelty: 5 } }, /whole numbers from 1 to 10/],
    [{ kind: 'schedule', schedule: 'often' }, 'The schedule: "often" is not a schedule.'],
    [{ kind: 'authors', authors: [{ name: 'A' }, { name: 'a' }] }, /a is already followed/],
    [{ kind: 'authors', authors: [{ name: 'A', semanticScholarId: 'x' }] }, /is not an author id/],
  ] satisfies [ChannelChange, string | RegExp][])(
    'is refused with what to enter instead (%o)',
    async (change, message) => {
      const registry = await load();
      await expect(registry.change('foundations', change, alice)).rejects.toThrow(message);
      expect(() => registry.preview('foundations', change)).toThrow(UserError);
      expect(await stores.changes.newest(9)).toEqual([]);
    },
  );

  it('of an unknown channel fails and lists the known ones', async () => {
    const registry = await load();
    await expect(registry.change('chemistry', topics('x'), alice)).rejects.toThrow(
      'There is no channel "chemistry". The channels are foundations, biology.',
    );
  });
});
