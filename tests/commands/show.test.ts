import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { save } from '../../commands/save.ts';
import { abstract, show } from '../../commands/show.ts';
import { openStores } from '../../db/sqlite/index.ts';
import type { Channel } from '../../src/core/channel.ts';
import { UserError } from '../../src/core/errors.ts';
import type { AnnounceType, Paper } from '../../src/core/paper.ts';
import type { Stores } from '../../src/core/stores.ts';
import type { PostedPaper } from '../../src/core/votes.ts';
import { fitPreferences } from '../../src/scoring/votes/model.ts';
import { registryOf } from '../fakes/channels.ts';
import { channelOf, digestOf, entryOf, matchedAt, paperOf, rubricOf } from '../fakes/fixtures.ts';
import { builtInBy, postedAt, savePosted, scoredBy, verdictOf, voteOn } from '../fakes/posted.ts';
import { type Asking, ask, linesOf } from './context.ts';

let stores: Stores;
beforeEach(async () => {
  stores = openStores(':memory:');
  await stores.scores.saveRubric(rubricOf());
});
afterEach(() => stores.close());

const papers = {
  async find(id: string) {
    const paper = await stores.announcements.paper(id);
    if (!paper) throw new UserError(`arXiv has no paper ${id}; check the id.`);
    return paper;
  },
};
const say = (text: string, more: Asking = {}) =>
  ask(stores, text, { list: [show, save, abstract], services: { papers }, ...more });
const lines = async (text: string, more: Asking = {}) => linesOf(await say(text, more));
const announce = (paper: Paper, category = 'cs.LG', type: AnnounceType = 'new', date = '2025-07-08') =>
  stores.announcements.save({ date, category, papers: [{ paper, type }] });
const id = '2507.00007';

describe('show', () => {
  it('shows a picked paper', async () => {
    const paper = { comments: '12 pages', doi: '10.1/x' };
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }, { id, paper }]);
    await announce(paperOf(id, paper));
    await announce(paperOf(id, paper), 'cs.AI', 'cross');
    await voteOn(stores, '2025-07-08', 2, 'a');
    await stores.scores.add(scoredBy, [verdictOf(id, 7, 7)], '2025-07-09T13:00:00.000Z');
    await stores.scores.add(builtInBy, [matchedAt(id, 40, 89.5)], postedAt);
    expect(await lines(`show ${id}`, { services: { papers, model: 'gpt-test' } })).toEqual([
      'Title of 2507.00007',
      'Ada First, Ben Second',
      'cs.LG · 12 pages · doi:10.1/x',
      'Announced 8 July 2025 (cs.AI cross, cs.LG new)',
      'Scores:',
      '40th of 383 · match 89% by the built-in scorer on 8 July 2025',
      '7 + 7 by gpt-test on 9 July 2025; before that, 9 + 8 on 8 July 2025',
      '👍 1 in foundations',
      'Comment on 2507.00007.',
      'foundations: Picked on Tuesday, 8 July 2025 as number 2 of 2 (cutoffs: relevance 8, novelty 7).',
      'Abstract of 2507.00007.',
      '2507.00007 · Abstract · PDF · HTML · alphaXiv',
      '[Similar: similar 2507.00007]',
      '[Save: save 2507.00007]',
      '[Rescore: rescore 2507.00007]',
      '[Ask: ask 2507.00007]',
    ]);
  });

  it('offers what needs a language model only if there is one', async () => {
    await announce(paperOf(id));
    const buttons = (await lines(`show ${id}`)).filter((line) => line.startsWith('['));
    expect(buttons).toEqual([`[Similar: similar ${id}]`, `[Save: save ${id}]`]);
  });

  it('says how far votes moved a picked paper, and how many were posted', async () => {
    const paper = paperOf(id);
    await stores.announcements.savePapers([paper]);
    const [score] = await stores.scores.add(scoredBy, [verdictOf(id, 9, 8)], postedAt);
    if (!score) throw new Error('no score');
    const nudge = { points: 0.8, words: 'you liked 5 papers on quantization' };
    const counts = { announced: 20, scanned: 12, relevant: 3, unscored: 0 };
    await stores.digests.create(digestOf([{ ...entryOf(1, paper, score), nudge }], { counts }), postedAt, []);
    expect((await lines(`show ${id}`)).join('\n')).toContain(
      'Your votes moved it by +0.8 points: you liked 5 papers on quantization. Of 3 picked papers, the best 1 by score and votes were posted.',
    );
  });

  it('says how likely a 👍 is from 30 votes on, and not at 29', async () => {
    const shownAfter = async (votes: number) => {
      const paper = paperOf(`2507.000${votes}`, { title: 'Coral reefs', abstract: 'Corals bleach.' });
      const posted = Array.from({ length: votes }, (_, at): PostedPaper => {
        const [title, vote] = at % 2 === 0 ? (['Coral reefs', 'up'] as const) : (['Sorting networks', 'down'] as const);
        const votes = [{ person: 'slack:T1:U1', vote, at: postedAt }];
        return { date: '2025-07-07', paper: paperOf(`2506.000${10 + at}`, { title }), topic: undefined, votes };
      });
      const model = await fitPreferences(posted, new Date(postedAt), new AbortController().signal);
      const nudge = (await model.nudges([{ ...paper, topic: undefined }])).get(paper.id);
      await stores.announcements.savePapers([paper]);
      const [score] = await stores.scores.add(scoredBy, [verdictOf(paper.id, 9, 8)], postedAt);
      if (!score || !nudge) throw new Error('not scored or not moved');
      const date = votes === 29 ? '2025-07-07' : '2025-07-08';
      await stores.digests.create(digestOf([{ ...entryOf(1, paper, score), nudge }], { date }), postedAt, []);
      return (await lines(`show ${paper.id}`)).join('\n');
    };
    const before = await shownAfter(29);
    expect(before).toContain('Your votes moved it by +');
    expect(before).not.toContain('chance');
    expect(await shownAfter(30)).toMatch(/Your votes moved it by \+.* \(chance of a 👍: \d\d%\)/);
  });

  it('offers to unsave a saved paper', async () => {
    await announce(paperOf(id));
    await say(`save ${id}`);
    expect(await lines(`show ${id}`)).toContain('[Unsave: unsave 2507.00007]');
    expect(await lines(`show ${id}`, { person: 'slack:T1:U2' })).toContain('[Save: save 2507.00007]');
  });

  it('cuts a long abstract and shows all of it on a button', async () => {
    const long = 'word '.repeat(380).trim();
    await announce(paperOf(id, { abstract: long }));
    const shown = await lines(`show ${id}`);
    expect(shown.some((line) => line.endsWith('word…'))).toBe(true);
    expect(shown.at(-1)).toBe('[Abstract: abstract 2507.00007]');
    expect(await lines(`abstract ${id}`)).toContain(long);
  });

  it('works without a channel and for a paper that was never announced', async () => {
    await stores.announcements.savePapers([paperOf(id)]);
    const shown = await lines(`show ${id}`, { channel: undefined });
    expect(shown).toContain('Fetched from arXiv; not in any announcement that Paperboy has read.');
    expect(shown.join()).not.toMatch(/foundations|scored/);
  });

  it('marks scores under other topics', async () => {
    await announce(paperOf(id));
    await stores.scores.saveRubric(rubricOf({ hash: 'rubric-2' }));
    await stores.scores.add({ ...scoredBy, rubric: 'rubric-2' }, [verdictOf(id, 3, 3)], postedAt);
    expect(await lines(`show ${id}`)).toContain('3 + 3 by gpt-test under other topics on 8 July 2025');
  });

  it('shows equal scores of one day once', async () => {
    await announce(paperOf(id));
    const same = [verdictOf(id, 9, 8)];
    for (const _ of [1, 2]) await stores.scores.add(scoredBy, same, postedAt);
    expect(await lines(`show ${id}`)).toContain('9 + 8 by gpt-test on 8 July 2025');
    await stores.scores.add(scoredBy, same, '2025-07-09T13:00:00.000Z');
    expect(await lines(`show ${id}`)).toContain('9 + 8 by gpt-test on 9 July 2025; before that, 9 + 8 on 8 July 2025');
  });

  it('shows no links or buttons for an invented paper', async () => {
    await stores.announcements.savePapers([paperOf('sample.00001')]);
    const message = await say('show sample.00001');
    expect(JSON.stringify(message)).not.toContain('http');
    expect(message.blocks.map(({ type }) => type)).not.toContain('buttons');
  });

  it.each([
    ['show', 'Add an arXiv id or a link to a paper'],
    ['show 2507.12345', 'arXiv has no paper 2507.12345; check the id.'],
    ['show attention', '"attention" is not an option here. Try /arxiv show 2503.07639'],
  ])('says what to type instead of "%s"', async (text, advice) => {
    await expect(say(text)).rejects.toThrow(advice);
  });
});

describe('why a paper was not picked', () => {
  const whyNot = async (channel: Partial<Channel> = {}) => {
    const shown = await lines(`show ${id}`, { channels: registryOf([channelOf(channel)]) });
    return shown.find((line) => line.startsWith('foundations: '))?.slice('foundations: '.length);
  };
  const score = (relevance: number, novelty: number) =>
    stores.scores.add(scoredBy, [verdictOf(id, relevance, novelty)], postedAt);

  it('is a score below the cutoffs', async () => {
    await announce(paperOf(id));
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }]);
    await score(6, 9);
    expect(await whyNot()).toBe('Not picked on Tuesday, 8 July 2025: relevance 6 is below the cutoff of 8.');
    await score(6, 5);
    expect(await whyNot()).toContain('relevance 6 is below the cutoff of 8 and novelty 5 is below the cutoff of 7.');
  });

  it('is the length of the list', async () => {
    await announce(paperOf(id));
    const counts = { announced: 20, scanned: 12, relevant: 5, unscored: 0 };
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }], { counts });
    await score(8, 7);
    expect(await whyNot()).toBe('Picked on Tuesday, 8 July 2025, but only the best 1 of 5 was posted.');
  });

  it('is the h-index', async () => {
    await announce(paperOf(id));
    const authorCheck = { minHIndex: 20, below: 3, unknown: 0, notLookedUp: 0 };
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }], { authorCheck });
    expect(await whyNot()).toContain('no author has an h-index of 20 or higher');
  });

  it('is a missing score', async () => {
    await announce(paperOf(id));
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }]);
    expect(await whyNot()).toContain('could not be scored');
  });

  it('is the prefilter', async () => {
    await announce(paperOf(id));
    const prefilter = { skipped: 4, sampled: 1, recall: 0.983, days: 10 };
    const unlikely = [{ paperId: id, version: 1, position: 9, isSampled: false }];
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }], { prefilter, unlikely });
    expect(await whyNot()).toBe(
      `Screened out on Tuesday, 8 July 2025 to save tokens: judging by the topics and earlier picks, it was number 9 of 12 papers, too unlikely to be picked. In general, about 98% of picks kept, measured on 10 days. To score it: /arxiv rescore ${id}`,
    );
    await stores.scores.add(builtInBy, [matchedAt(id, 1, 99.7)], '2025-07-09T13:00:00.000Z');
    expect(await whyNot()).toContain('To score it');
    await stores.scores.add({ ...scoredBy, model: 'gpt-old' }, [verdictOf(id, 9, 9)], '2025-07-07T13:00:00.000Z');
    expect(await whyNot()).toContain('To score it');
    const later = (relevance: number, novelty: number) =>
      stores.scores.add(scoredBy, [verdictOf(id, relevance, novelty)], '2025-07-09T13:00:00.000Z');
    await later(6, 9);
    const screenedOut =
      'Screened out on Tuesday, 8 July 2025 to save tokens: judging by the topics and earlier picks, it was number 9 of 12 papers, too unlikely to be picked. It was scored later, on 9 July 2025, with';
    expect(await whyNot()).toBe(`${screenedOut} 6 + 9: relevance 6 is below the cutoff of 8.`);
    await later(8, 7);
    expect(await whyNot()).toBe(
      `${screenedOut} 8 + 7: this score reaches the cutoffs, but the digest stays unchanged.`,
    );
  });

  it('is the built-in scorer’s floor, its number of papers, or a lack of the topics’ words', async () => {
    await announce(paperOf(id));
    const matchLimits = { papers: 1, floor: 96 };
    const engines = [{ engine: 'local' as const, model: 'local-1', papers: 383 }];
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001', match: 99.7 }], { engines, matchLimits });
    const afterScore = async (position: number, match: number) => {
      await stores.scores.add(builtInBy, [matchedAt(id, position, match)], postedAt);
      return whyNot();
    };
    expect(await afterScore(40, 89.5)).toBe('Not picked on Tuesday, 8 July 2025: match 89% is below the floor of 96%.');
    expect(await afterScore(2, 99.2)).toBe(
      'Not picked on Tuesday, 8 July 2025: it is 2nd of 383, and only the best 1 by the built-in scorer was picked.',
    );
    expect(await afterScore(383, 0)).toBe('Not picked on Tuesday, 8 July 2025: it has no word of the topics.');
    expect(await lines('show 2507.00001')).toContain(
      'foundations: Picked on Tuesday, 8 July 2025 as number 1 of 1 (1st of 383 · match 99.7%; the floor is 96%).',
    );
  });

  it('is its announce type', async () => {
    await announce(paperOf(id), 'cs.LG', 'replace');
    expect(await whyNot()).toBe('Announced only as replaced, but foundations reads only new and cross-listed papers.');
  });

  it('is its category or primary category', async () => {
    await announce(paperOf(id), 'cs.CV');
    expect(await whyNot()).toBe('Announced in cs.CV, but foundations reads only cs.LG and cs.AI.');
    await announce(paperOf(id, { categories: ['cs.CV', 'cs.LG'] }), 'cs.LG', 'cross');
    await stores.announcements.savePapers([paperOf(id, { version: 2, categories: ['cs.CV', 'cs.LG'] })]);
    expect(await whyNot({ primaryOnly: true })).toContain('Its primary category is cs.CV,');
    expect(await whyNot({ primaryOnly: true, categories: ['cs.LG'] })).toContain('Its primary category is cs.CV,');
    await announce(paperOf(id, { version: 3, categories: ['eess.SY', 'cs.SY'] }), 'eess.SY');
    const aliased = await whyNot({ primaryOnly: true, categories: ['cs.SY'] });
    expect(aliased).not.toMatch(/primary category|Announced in/);
  });

  it('is a missing announcement or digest', async () => {
    await stores.announcements.savePapers([paperOf(id)]);
    expect(await whyNot()).toBe('Paperboy has not seen it announced.');
    await announce(paperOf(id));
    expect(await whyNot()).toBe('Announced on Tuesday, 8 July 2025, but foundations has no digest for that day.');
  });

  it('is a retracted digest', async () => {
    await announce(paperOf(id));
    const value = { date: '2025-07-08' };
    const at = '2025-07-10T02:00:00.000Z';
    await stores.changes.add({ at, person: 'slack:T1:U2', channel: 'foundations', action: 'retract', value });
    expect(await whyNot()).toBe(
      'Announced on Tuesday, 8 July 2025; the digest of that day was retracted on 9 July 2025.',
    );
  });
});
