import { beforeEach, describe, expect, test } from 'vitest';
import type { Digest, NewDigest } from '../../src/core/digest.ts';
import { textMessage } from '../../src/core/message.ts';
import type { Stores } from '../../src/core/stores.ts';
import { digestOf, entryOf, matchedAt, paperOf, rubricOf } from '../fakes/fixtures.ts';

/** The contract of every digest store; part of the contract of the stores. */
export const digestsContract = (
  opened: () => Stores,
  storedDigest: (ids: string[], more?: Partial<NewDigest>) => Promise<Digest>,
): void => {
  let stores: Stores;
  beforeEach(() => {
    stores = opened();
  });

  describe('digests', () => {
    test('returns a digest as it was created', async () => {
      const made = await storedDigest(['2507.00001', '2507.00002'], { notices: ['A notice.'] });
      const found = await stores.digests.find('foundations', '2025-07-08');
      expect(found).toEqual(made);
      expect(found?.entries.map(({ paper, rank }) => [rank, paper.id])).toEqual([
        [1, '2507.00001'],
        [2, '2507.00002'],
      ]);
      expect(found?.counts.scanned).toBe(12);
      expect(found?.usage.costUsd).toBe(0.0123);
    });

    test('keeps how far votes moved a paper', async () => {
      const [first] = (await storedDigest(['2507.00001'])).entries;
      if (!first) throw new Error('no entry');
      const nudge = { points: 0.8, words: 'you liked 5 papers on quantization' };
      await stores.digests.create(
        digestOf([{ ...first, paper: paperOf('2507.00001'), nudge }], { channel: 'other' }),
        '2025-07-08T12:00:00.000Z',
        [],
      );
      expect((await stores.digests.find('other', '2025-07-08'))?.entries[0]?.nudge).toEqual(nudge);
      expect(first.nudge).toBeUndefined();
    });

    test('keeps the summary that a paper had', async () => {
      const [first] = (await storedDigest(['2507.00001'])).entries;
      if (!first) throw new Error('no entry');
      expect(first.summary).toBeUndefined();
      const added = { paperId: '2507.00001', version: 1, text: 'One sentence.' };
      const query = { language: 'English', model: 'gpt-test' };
      const [summary] = await stores.summaries.add(query, [added], '2025-07-08T12:00:00.000Z');
      const { summaryId = 0, text = '' } = summary ?? {};
      const summarized = { ...first, summary: { summaryId, text } };
      const draft = digestOf([summarized], { channel: 'other' });
      expect((await stores.digests.create(draft, '2025-07-08T12:00:00.000Z', [])).entries).toEqual([summarized]);
      expect((await stores.digests.withPaper('other', '2507.00001'))[0]?.entry).toEqual(summarized);
      const digest = await stores.digests.find('other', '2025-07-08');
      await stores.digests.remove(digest?.digestId ?? 0);
      expect((await stores.summaries.find(query, [paperOf('2507.00001')])).size).toBe(1);
    });

    test('allows one digest per channel and date, and picks a paper once', async () => {
      await storedDigest(['2507.00001']);
      await expect(storedDigest(['2507.00002'])).rejects.toThrow();
      await expect(storedDigest(['2507.00001'], { date: '2025-07-09' })).rejects.toThrow();
      expect(await stores.digests.find('foundations', '2025-07-09')).toBeUndefined();
      const picked = await stores.digests.alreadyPicked('foundations', '2025-07-09', ['2507.00001', '2507.00009']);
      expect([...picked]).toEqual([['2507.00001', 1]]);
      expect(await stores.digests.alreadyPicked('foundations', '2025-07-08', ['2507.00001'])).toEqual(new Map());
    });

    test('creates one digest for a channel and date, whoever does so at the same time', async () => {
      const { entries } = await storedDigest(['2507.00001', '2507.00002']);
      const draft = digestOf(entries, { channel: 'other' });
      const created = await Promise.allSettled(
        Array.from({ length: 8 }, () => stores.digests.create(draft, '2025-07-08T12:00:00.000Z', ['web:other'])),
      );
      const made = created.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(made).toHaveLength(1);
      expect(await stores.digests.find('other', '2025-07-08')).toEqual(made[0]);
      const queued = await stores.outbox.list(made[0]?.digestId ?? 0, 'web:other');
      expect(queued.map(({ rank, paperId }) => [rank, paperId])).toEqual([
        [0, undefined],
        [1, '2507.00001'],
        [2, '2507.00002'],
      ]);
    });

    test('finds the newest digest by its date', async () => {
      expect(await stores.digests.newest('foundations')).toBeUndefined();
      expect(await stores.digests.scannedBefore('foundations', '2025-07-09', 5)).toEqual([]);
      await storedDigest(['2507.00001'], { date: '2025-07-07' });
      await storedDigest(['2507.00002'], { date: '2025-07-08' });
      expect((await stores.digests.newest('foundations'))?.date).toBe('2025-07-08');
      const summaries = await stores.digests.summaries('foundations');
      expect(summaries.map(({ date }) => date)).toEqual(['2025-07-08', '2025-07-07']);
      expect(summaries[0]?.counts).toEqual({ announced: 20, scanned: 12, relevant: 1, unscored: 0 });
      expect(await stores.digests.scannedBefore('foundations', '2025-07-09', 5)).toEqual([12, 12]);
      expect(await stores.digests.scannedBefore('foundations', '2025-07-08', 5)).toEqual([12]);
      expect(await stores.digests.scannedBefore('foundations', '2025-07-09', 1)).toEqual([12]);
      const july = await stores.digests.summaries('foundations', { from: '2025-07-06', to: '2025-07-07' });
      expect(july.map(({ date }) => date)).toEqual(['2025-07-07']);
    });

    test('lists the dates of a channel, and the newest of several', async () => {
      for (const [at, date] of ['2025-07-07', '2025-07-08', '2025-07-04'].entries())
        await storedDigest([`2507.0000${at}`], { date });
      await storedDigest(['2507.00001'], { channel: 'other', date: '2025-07-01' });
      expect(await stores.digests.dates('foundations')).toEqual(['2025-07-08', '2025-07-07', '2025-07-04']);
      expect(await stores.digests.dates('nothing')).toEqual([]);
      const newest = await stores.digests.newestDates(['other', 'nothing', 'foundations']);
      expect(newest).toEqual(
        new Map([
          ['other', '2025-07-01'],
          ['foundations', '2025-07-08'],
        ]),
      );
    });

    test('reads the newest digest of each channel with its first papers, and how many it picked', async () => {
      await storedDigest(['2507.00001', '2507.00002'], { date: '2025-07-07' });
      const newest = await storedDigest(['2507.00003', '2507.00004', '2507.00005']);
      const other = await storedDigest(['2507.00001'], { channel: 'other', date: '2025-07-01' });
      const found = await stores.digests.newestOf(['foundations', 'nothing', 'other'], 2);
      expect(found.toSorted((a, b) => b.picked - a.picked)).toEqual([
        { digest: { ...newest, entries: newest.entries.slice(0, 2) }, picked: 3 },
        { digest: other, picked: 1 },
      ]);
      expect(await stores.digests.newestOf([], 2)).toEqual([]);
    });
  });

  describe('past days', () => {
    const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
    const reader = { name: 'foundations', categories: ['cs.LG'] };
    const past = (more = query, before = '2025-07-09', count = 5) =>
      stores.digests.pastDays(reader, more, before, count);
    const announce = (date: string, ids: string[]) =>
      stores.announcements.save({
        ...{ category: 'cs.LG', date },
        papers: ids.map((id) => ({ paper: paperOf(id), type: 'new' as const })),
      });
    const unlikely = [
      { paperId: '2507.00003', version: 1, position: 3, isSampled: false },
      { paperId: '2507.00002', version: 1, position: 2, isSampled: true },
    ];

    test('have the model’s scores, the cutoffs, and what the screening showed', async () => {
      await announce('2025-07-08', ['2507.00001', '2507.00002', '2507.00003', '2507.00004']);
      const screened = { line: 0.25, picks: [0.125, 0.375], sampling: { near: 0.25, reach: 0.1, far: 0.01 } };
      const prefilter = { skipped: 1, sampled: 1, days: 0, screened };
      const { digestId } = await storedDigest(['2507.00001'], { prefilter, unlikely });
      const verdict = { paperId: '2507.00002', version: 1, relevance: 2, novelty: 3, comment: '' };
      await stores.scores.add(query, [verdict], '2025-07-08T12:00:00.000Z');
      await stores.scores.add(query, [{ ...verdict, relevance: 4 }], '2025-07-08T12:01:00.000Z');
      const [day, ...others] = await past();
      expect(others).toEqual([]);
      expect(day).toMatchObject({ date: '2025-07-08', cutoffs: { relevance: 8, novelty: 7 }, screened });
      expect(day?.papers.map(({ paper, score }) => [paper.id, score.relevance])).toEqual([
        ['2507.00001', expect.any(Number)],
        ['2507.00002', 4],
      ]);
      const { id, version, title, abstract, categories, authors } = paperOf('2507.00002');
      expect(day?.papers[1]?.paper).toEqual({ id, version, title, abstract, categories, authors });
      expect((await stores.digests.find('foundations', '2025-07-08'))?.prefilter).toEqual(prefilter);
      expect(await stores.digests.unlikely(digestId, '2507.00003')).toEqual(unlikely[0]);
      expect(await stores.digests.unlikely(digestId, '2507.00001')).toBeUndefined();
    });

    test('are the last ones under the rubric before a date, oldest first', async () => {
      for (const [at, date] of ['2025-07-01', '2025-07-02', '2025-07-03'].entries()) {
        await announce(date, [`2507.0000${at}`]);
        await storedDigest([`2507.0000${at}`], { date });
      }
      const dates = async (...of: Parameters<typeof past>) => (await past(...of)).map(({ date }) => date);
      expect(await dates()).toEqual(['2025-07-01', '2025-07-02', '2025-07-03']);
      expect(await dates(query, '2025-07-03')).toEqual(['2025-07-01', '2025-07-02']);
      expect(await dates(query, '2025-07-09', 2)).toEqual(['2025-07-02', '2025-07-03']);
      expect(await dates({ ...query, rubric: 'other' } as never)).toEqual([]);
      expect((await past({ ...query, model: 'other' } as never)).flatMap(({ papers }) => papers)).toEqual([]);
    });

    test('count under a rubric with the same texts and another prompt', async () => {
      await announce('2025-07-08', ['2507.00001']);
      await storedDigest(['2507.00001']);
      const newer = { ...query, rubric: 'newer' } as never;
      await stores.scores.saveRubric(rubricOf({ hash: 'newer', template: 'A newer prompt' }));
      const [day] = await past(newer);
      expect(day?.papers.map(({ paper, score }) => [paper.id, score !== undefined])).toEqual([['2507.00001', true]]);
      await stores.scores.saveRubric(rubricOf({ hash: 'other topics', topics: 'Something else' }));
      expect(await past({ ...query, rubric: 'other topics' } as never)).toEqual([]);
    });

    test('are removed with their digest', async () => {
      await announce('2025-07-08', ['2507.00001', '2507.00002', '2507.00003']);
      const { digestId } = await storedDigest(['2507.00001'], { unlikely });
      await stores.digests.remove(digestId);
      expect(await past()).toEqual([]);
      expect(await stores.digests.unlikely(digestId, '2507.00003')).toBeUndefined();
    });
  });

  describe('digests of a date range', () => {
    test('reads whole digests between two dates, oldest first', async () => {
      for (const day of [10, 7, 8, 9]) {
        const date = `2025-07-${String(day).padStart(2, '0')}`;
        await storedDigest([`2507.000${day}`], { date });
      }
      const found = await stores.digests.between('foundations', '2025-07-08', '2025-07-09');
      expect(found.map(({ date, entries }) => [date, entries[0]?.paper.id])).toEqual([
        ['2025-07-08', '2507.0008'],
        ['2025-07-09', '2507.0009'],
      ]);
      expect(await stores.digests.between('other', '2025-07-01', '2025-07-31')).toEqual([]);
    });

    test('sorts the best papers by total score, then relevance, then date, the newest first', async () => {
      for (const [index, date] of ['2025-07-07', '2025-07-08', '2025-07-09'].entries())
        await storedDigest([`2507.0000${index}`, `2507.0001${index}`], { date });
      const best = await stores.digests.best('foundations', '2025-07-08', '2025-07-09', 3);
      expect(best.map(({ date, entry }) => [date, entry.paper.id])).toEqual([
        ['2025-07-09', '2507.00002'],
        ['2025-07-09', '2507.00012'],
        ['2025-07-08', '2507.00001'],
      ]);
      expect(await stores.digests.channels()).toEqual(['foundations']);
    });

    test('sorts the papers of a language model before those of the built-in scorer, by match', async () => {
      await storedDigest(['2507.00001'], { date: '2025-07-07' });
      const papers = ['2507.00002', '2507.00003'].map((id) => paperOf(id));
      await stores.announcements.savePapers(papers);
      const query = { rubric: 'rubric-1', engine: 'local', model: 'local-1' } as const;
      const verdicts = [matchedAt('2507.00002', 1, 97.5), matchedAt('2507.00003', 2, 99)];
      const scores = await stores.scores.add(query, verdicts, '2025-07-08T13:00:00.000Z');
      const entries = scores.flatMap((score, index) => {
        const paper = papers[index];
        return paper ? [entryOf(index + 1, paper, score)] : [];
      });
      const matchLimits = { papers: 10, floor: 96 };
      const digest = await stores.digests.create(digestOf(entries, { matchLimits }), '2025-07-08T13:00:00.000Z', []);
      expect(digest.matchLimits).toEqual(matchLimits);
      expect(await stores.digests.summaries('foundations')).toMatchObject([{ matchLimits }, {}]);
      const best = await stores.digests.best('foundations', '2025-07-07', '2025-07-08', 9);
      expect(best.map(({ entry }) => entry.paper.id)).toEqual(['2507.00001', '2507.00003', '2507.00002']);
    });

    test('keeps how many papers were muted, with and without a check of the authors', async () => {
      const counts = { announced: 40, scanned: 12, relevant: 1, unscored: 0 };
      const authorCheck = { minHIndex: 5, below: 3, unknown: 2, notLookedUp: 1 };
      const days: [date: string, more: Partial<NewDigest>][] = [
        ['2025-07-07', { counts: { ...counts, muted: 3 } }],
        ['2025-07-08', { counts: { ...counts, muted: 3 }, authorCheck }],
        ['2025-07-09', { counts, authorCheck }],
      ];
      for (const [date, more] of days) {
        await storedDigest([`2507.0${date.slice(-2)}01`], { date, ...more });
        const found = await stores.digests.find('foundations', date);
        expect([found?.counts, found?.authorCheck]).toEqual([more.counts, more.authorCheck]);
      }
      const summaries = await stores.digests.summaries('foundations');
      expect(summaries.map(({ counts: { muted } }) => muted)).toEqual([undefined, 3, 3]);
    });

    test('changes only the reason of a paper', async () => {
      const remedial = { from: '2025-07-04', to: '2025-07-06', approximate: true };
      const authorCheck = { minHIndex: 5, below: 3, unknown: 2, notLookedUp: 1 };
      const digest = await storedDigest(['2507.00001'], { remedial, authorCheck, groupByTopic: true });
      expect(digest).toMatchObject({ remedial, authorCheck, groupByTopic: true });
      const reason = { kind: 'author' as const, matches: [{ name: 'Ada First', basis: 'refuted' as const }] };
      await stores.digests.setReason(digest.digestId, '2507.00001', reason);
      const found = await stores.digests.find('foundations', '2025-07-08');
      expect(found?.entries[0]?.reason).toEqual(reason);
      expect(found).toMatchObject({ remedial, authorCheck, groupByTopic: true });
    });

    test('finds the digests that picked a paper, newest first', async () => {
      await storedDigest(['2507.00001', '2507.00002'], { date: '2025-07-07' });
      const digest = await stores.digests.find('foundations', '2025-07-07');
      await stores.announcements.savePapers([{ ...paperOf('2507.00002'), version: 2 }]);
      const [entry] = digest?.entries.slice(1) ?? [];
      if (!entry) throw new Error('nothing was picked');
      const again = { ...entry, rank: 1, paper: { ...entry.paper, version: 2 } };
      await stores.digests.create(digestOf([again], { date: '2025-07-09' }), 'at', []);
      await stores.digests.create(digestOf([again], { channel: 'other', date: '2025-07-08' }), 'at', []);
      await stores.digests.create(digestOf([], { channel: 'near', nearest: [again] }), 'at', []);
      const found = await stores.digests.withPaper(undefined, '2507.00002');
      expect(found.map(({ channel, date, entry }) => [channel, date, entry.rank, entry.paper.version])).toEqual([
        ['foundations', '2025-07-09', 1, 2],
        ['other', '2025-07-08', 1, 2],
        ['foundations', '2025-07-07', 2, 1],
      ]);
      expect((await stores.digests.withPaper('other', '2507.00002')).map(({ date }) => date)).toEqual(['2025-07-08']);
      expect(await stores.digests.withPaper(undefined, '2507.00009')).toEqual([]);
    });

    test('finds the newest digests of several channels, without papers', async () => {
      const fallback = { model: 'gears-1', papers: 1, kind: 'outage' as const, reason: 'no answer', remedy: 'Wait.' };
      await storedDigest(['2507.00001'], { date: '2025-07-07' });
      await storedDigest(['2507.00002'], { date: '2025-07-08', fallback });
      await storedDigest([], { channel: 'other', date: '2025-07-01' });
      const found = await stores.digests.newestSummaries(['foundations', 'other', 'new']);
      expect([...found.keys()].sort()).toEqual(['foundations', 'other']);
      const { entries: _, ...newest } = (await stores.digests.newest('foundations')) ?? {};
      expect(newest).toMatchObject(found.get('foundations') ?? {});
      expect(found.get('foundations')).toMatchObject({ date: '2025-07-08', fallback });
      expect(found.get('other')).toMatchObject({ date: '2025-07-01' });
    });

    test('removes a digest with its deliveries, reactions, messages and picks', async () => {
      const [destination, at] = ['web:foundations', '2025-07-08T12:00:00.000Z'];
      const sent = async (ids: string[], date: string) => {
        const digest = await storedDigest(ids, { date });
        await stores.outbox.enqueue(digest, [destination]);
        for (const { deliveryId, key, rank } of await stores.outbox.list(digest.digestId, destination)) {
          const message = { destination, messageId: key };
          await stores.outbox.sent(deliveryId, message, 1);
          await stores.reactions.add({ message, person: 'web:ada', emoji: '+1' }, at);
          const thread = rank === 0 ? undefined : `header-${date}`;
          await stores.webMessages.add({ key, destination, thread, message: textMessage(key), sentAt: 1 });
        }
        return digest;
      };
      const kept = await sent(['2507.00001'], '2025-07-07');
      const removed = await sent(['2507.00002'], '2025-07-08');
      const keys = (await stores.outbox.list(removed.digestId, destination)).map(({ key }) => key);
      await stores.digests.remove(removed.digestId);
      expect(await stores.digests.find('foundations', '2025-07-08')).toBeUndefined();
      expect(await stores.outbox.list(removed.digestId, destination)).toEqual([]);
      expect(await stores.reactions.on(destination, keys)).toEqual([]);
      expect(await stores.webMessages.find(keys[0] ?? '')).toBeUndefined();
      expect(await stores.webMessages.posts(destination, 10)).toEqual([]);
      expect(await stores.digests.withPaper(undefined, '2507.00002')).toEqual([]);
      expect(await stores.digests.find('foundations', '2025-07-07')).toEqual(kept);
      expect(await stores.reactions.votesBetween('foundations', '2025-07-01', '2025-07-31')).toEqual([
        { date: '2025-07-07', paperId: '2507.00001', up: 1, down: 0 },
      ]);
      await storedDigest(['2507.00002'], { date: '2025-07-09' });
    });
  });
};
