import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { AuthorCandidate } from '../../src/core/author.ts';
import type { Services } from '../../src/core/services.ts';
import type { Stores } from '../../src/core/stores.ts';
import { buttonsOf, changingChannels, managed, pressed, reader, talk } from './changing.ts';
import { linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const knowing = (candidates: AuthorCandidate[] | undefined): Partial<Services> => ({
  authors: {
    ofPapers: async () => ({ known: new Map(), unknown: new Set(), failure: undefined }),
    candidates: async () => candidates,
  },
});

const two: AuthorCandidate[] = [
  { authorId: '1751762', name: 'Yoshua Bengio', hIndex: 230, papers: 900 },
  { authorId: '77', name: 'Y. Bengio', hIndex: undefined, papers: 1 },
];

const authorsNow = (channels: Awaited<ReturnType<typeof changingChannels>>) => channels.find('foundations')?.authors;

describe('follow', () => {
  it('offers the authors of that name and follows the chosen one', async () => {
    const channels = await changingChannels(stores);
    const { message } = await talk(stores, { channels, services: knowing(two) });
    const choice = await message('follow Yoshua Bengio');
    expect(buttonsOf(choice).map(({ label, command }) => [label, command])).toEqual([
      ['Yoshua Bengio: h-index 230, 900 papers', 'follow Yoshua Bengio id 1751762'],
      ['Y. Bengio: 1 paper', 'follow Yoshua Bengio id 77'],
      ['Name only', 'follow Yoshua Bengio id none'],
    ]);
    expect(authorsNow(channels)).toEqual([]);
    await message('follow Yoshua Bengio id none');
    expect(authorsNow(channels)).toEqual([{ name: 'Yoshua Bengio' }]);
    await message('follow Yoshua Bengio id 1751762');
    expect(authorsNow(channels)).toEqual([{ name: 'Yoshua Bengio', semanticScholarId: '1751762' }]);
    await expect(message('follow yoshua bengio id 1751762')).rejects.toThrow('is already followed');
    await expect(message('follow YOSHUA BENGIO id none')).rejects.toThrow('is already followed');
  });

  it.each([
    [undefined, 'Semantic Scholar could not be reached.'],
    [[], 'Semantic Scholar lists no author with this name.'],
  ])('follows by name only if no author is found (%j)', async (candidates, sentence) => {
    const channels = await changingChannels(stores);
    const { lines } = await talk(stores, { channels, services: knowing(candidates) });
    expect((await lines('follow Ada Example'))[0]).toContain(sentence);
    expect(authorsNow(channels)).toEqual([{ name: 'Ada Example' }]);
  });

  it.each([
    '"Iva Stone7"',
    '“Iva Stone7”',
    '„Iva Stone7“',
    '‘Iva Stone7’',
    "'Iva Stone7'",
    '*Iva Stone7*',
    'Iva Stone7,',
  ])('follows %s without the marks around the name', async (name) => {
    const channels = await changingChannels(stores);
    const { lines, message } = await talk(stores, { channels, services: knowing([]) });
    await lines(`follow ${name}`);
    expect(authorsNow(channels)).toEqual([{ name: 'Iva Stone7' }]);
    await expect(message('follow Iva Stone7')).rejects.toThrow('is already followed');
    await lines(`unfollow ${name}`);
    expect(authorsNow(channels)).toEqual([]);
  });

  it.each([
    ['Stone, Iva', ['follow Iva Stone']],
    ['"Stone, Iva B."', ['follow Iva B. Stone']],
    ['Iva Stone, Bo Ek', ['follow Iva Stone', 'follow Bo Ek']],
    ['Iva Stone and Bo Ek', ['follow Iva Stone', 'follow Bo Ek']],
    ['Iva Stone, Jr., Bo Ek & Cy Ray', ['follow Iva Stone, Jr.', 'follow Bo Ek', 'follow Cy Ray']],
    ['Stone, Iva id 12', ['follow Iva Stone id 12']],
  ])('asks back for %s', async (input, commands) => {
    const channels = await changingChannels(stores);
    const { message } = await talk(stores, { channels, services: knowing([]) });
    const answer = await message(`follow ${input}`);
    expect(buttonsOf(answer).map(({ command }) => command)).toEqual(commands);
    expect(authorsNow(channels)).toEqual([]);
    await message(commands[0] ?? '');
    expect(authorsNow(channels)).toHaveLength(1);
  });

  it('takes a suffix and a group for one name', async () => {
    const channels = await changingChannels(stores);
    const { lines } = await talk(stores, { channels, services: knowing([]) });
    await lines('follow Lee Park, Jr.');
    await lines('follow The Sky and Sea Collaboration');
    expect(authorsNow(channels)).toEqual([{ name: 'Lee Park, Jr.' }, { name: 'The Sky and Sea Collaboration' }]);
    await expect(lines('follow “”')).rejects.toThrow('The name is missing.');
  });

  it('shows eight of many and says how to follow another', async () => {
    const many = Array.from({ length: 20 }, (_, at) => ({
      authorId: String(at),
      name: 'Wei Wang',
      hIndex: at,
      papers: at,
    }));
    const { message } = await talk(stores, { services: knowing(many) });
    const choice = await message('follow Wei Wang');
    expect(buttonsOf(choice)).toHaveLength(9);
    expect(linesOf(choice).some((line) => line.includes('12 more authors not shown.'))).toBe(true);
  });

  it('refuses readers, invalid ids and names that are too long', async () => {
    const { lines } = await talk(stores);
    await expect(lines('follow Ada', { person: reader })).rejects.toThrow('Only the managers');
    await expect(lines('follow Ada id x1')).rejects.toThrow('"x1" is not an author id');
    await expect(lines(`follow ${'a'.repeat(200)}`)).rejects.toThrow('The name is too long.');
  });
});

describe('unfollow and following', () => {
  const followed = () =>
    changingChannels(stores, [
      managed({ authors: [{ name: 'Ada Example', semanticScholarId: '5' }, { name: 'Bo Éxample' }] }),
    ]);

  it('lists all followed authors for everybody', async () => {
    const { lines } = await talk(stores, { channels: await followed(), person: reader });
    expect((await lines('following')).slice(0, 3)).toEqual([
      'foundations follows 2 authors',
      'Ada Example (5)',
      'Bo Éxample (every author of this name)',
    ]);
    expect(await (await talk(stores)).lines('following')).toEqual([expect.stringContaining('follows nobody yet')]);
  });

  it('unfollows in any case and accents, and follows again on a button', async () => {
    const channels = await followed();
    const { message } = await talk(stores, { channels });
    const gone = await message('unfollow bo example');
    expect(authorsNow(channels)).toEqual([{ name: 'Ada Example', semanticScholarId: '5' }]);
    await message(pressed(gone, 'Follow again'));
    expect(authorsNow(channels)).toHaveLength(2);
    expect(pressed(await message('unfollow Ada Example'), 'Follow again')).toBe('follow Ada Example id 5');
  });

  it('suggests the nearest name', async () => {
    const { lines } = await talk(stores, { channels: await followed() });
    await expect(lines('unfollow Ada Exampel')).rejects.toThrow('Did you mean /arxiv unfollow Ada Example?');
    await expect(lines('unfollow Zoe')).rejects.toThrow('Type /arxiv following for all');
    await expect(lines('unfollow Ada Example', { person: reader })).rejects.toThrow('Only the managers');
  });

  it('asks which of two authors of one name to unfollow', async () => {
    const authors = ['5', '6'].map((id) => ({ name: 'Wei Wang', semanticScholarId: id }));
    const channels = await changingChannels(stores, [managed({ authors })]);
    const { message } = await talk(stores, { channels });
    await message(pressed(await message('unfollow Wei Wang'), 'Unfollow 6'));
    expect(authorsNow(channels)).toEqual([{ name: 'Wei Wang', semanticScholarId: '5' }]);
  });
});
