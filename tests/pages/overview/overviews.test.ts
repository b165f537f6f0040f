import { describe, expect, it } from 'vitest';
import type { Digest, DigestSummary } from '../../../src/core/digest.ts';
import type { VoteCount } from '../../../src/core/votes.ts';
import { bestByScore, pickedOf } from '../../../src/digest/best-order.ts';
import { framed } from '../../../src/pages/frame.ts';
import { channelPage, indexPage, type Overview } from '../../../src/pages/overview/front.ts';
import { type Month, monthPage, yearPage } from '../../../src/pages/overview/month-and-year.ts';
import { entryOf, paperOf, scoreOf } from '../../fakes/fixtures.ts';
import { attributesOf, parsePage, textOf } from '../page.ts';
import { storedDigest, writtenDay } from '../written-day.ts';

const channel = { name: 'foundations', timezone: 'Europe/Berlin' };

/** A day with papers of these total scores, best first. */
const digestWith = (date: string, scores: readonly number[], more: Partial<Digest> = {}): Digest => {
  const entries = scores.map((score, index) => {
    const id = `${date}.${index + 1}`;
    return entryOf(index + 1, paperOf(id), scoreOf(id, Math.ceil(score / 2), Math.floor(score / 2)));
  });
  return storedDigest(entries, { date, ...more });
};

const summaryOf = (digest: Digest): DigestSummary => digest;

const monthOf = (digests: Digest[], votes: [string, VoteCount][] = []): Month => ({
  channel,
  month: '2025-07',
  digests,
  votes: new Map(votes),
  previous: '2025-06',
  next: undefined,
});

const july = (): Digest[] => [
  digestWith('2025-07-01', [18, 17, 16, 15], { counts: { announced: 1200, scanned: 700, relevant: 40, unscored: 0 } }),
  digestWith('2025-07-02', [19, 18], {
    counts: { announced: 300, scanned: 200, relevant: 20, unscored: 0 },
    remedial: { from: '2025-07-01', to: '2025-07-01', approximate: false },
  }),
  digestWith('2025-07-08', [], { counts: { announced: 400, scanned: 300, relevant: 0, unscored: 0 } }),
];

/** The titles of a list's items. */
const titlesOf = (page: ReturnType<typeof parsePage>, selector: string): string[] =>
  page.querySelectorAll(`${selector} .list > li a`).map((one) => textOf(one));

describe('the page of a month', () => {
  it('matches its golden file', async () => {
    const votes: [string, VoteCount][] = [['2025-07-01.2', { up: 2, down: 0 }]];
    await expect(await framed(monthPage(monthOf(july(), votes)), undefined)).toMatchFileSnapshot('golden/month.html');
  });

  it('has a calendar from Monday to Friday, with a link for each digest', async () => {
    const page = parsePage(await framed(monthPage(monthOf(july())), undefined));
    expect(page.querySelectorAll('.calendar thead th').map((one) => textOf(one))).toEqual([
      'Mon',
      'Tue',
      'Wed',
      'Thu',
      'Fri',
    ]);
    expect(attributesOf(page, '.calendar a', 'href')).toEqual([
      '2025-07-01.html',
      '2025-07-02.html',
      '2025-07-08.html',
    ]);
    expect(attributesOf(page, '.calendar a', 'style')).toEqual(['--share:100%', '--share:50%', '--share:0%']);
    expect(attributesOf(page, '.calendar a', 'aria-label')[1]).toBe(
      'Wednesday, 2 July 2025: 20 of 200 candidates picked, remedial run',
    );
    expect(page.querySelectorAll('.calendar td.none').map((one) => textOf(one))[0]).toBe('3');
  });

  it('has weekend columns only if a weekend day has a digest', async () => {
    const page = parsePage(await framed(monthPage(monthOf([digestWith('2025-07-06', [17])])), undefined));
    expect(page.querySelectorAll('.calendar thead th')).toHaveLength(7);
    expect(attributesOf(page, '.calendar a', 'href')).toEqual(['2025-07-06.html']);
  });

  it('shows counts and the best three papers of each day, newest first', async () => {
    const page = parsePage(await framed(monthPage(monthOf(july())), undefined));
    const days = page.querySelectorAll('.day');
    expect(days.map((day) => textOf(day.querySelector('h3')))).toEqual([
      'Tuesday, 8 July',
      'Wednesday, 2 July remedial run',
      'Tuesday, 1 July',
    ]);
    const first = days[2];
    expect(textOf(first?.querySelector('p') ?? null)).toBe('1,200 announced, 700 candidates, 40 picked ; 1 more');
    expect(first && attributesOf(first, '.list a', 'href')).toEqual([
      '2025-07-01.html#paper-1',
      '2025-07-01.html#paper-2',
      '2025-07-01.html#paper-3',
    ]);
  });

  it('lists the ten best by score, of equal ones the newer first, each paper once', async () => {
    const twice = digestWith('2025-07-09', [20]);
    const again = digestWith('2025-07-10', [20]);
    for (const one of [...twice.entries, ...again.entries]) one.paper = paperOf('2507.00001');
    const many = digestWith(
      '2025-07-03',
      Array.from({ length: 12 }, () => 12),
    );
    const page = parsePage(await framed(monthPage(monthOf([...july(), many, twice, again])), undefined));
    const titles = titlesOf(page, '.best section:first-child');
    expect(titles).toHaveLength(10);
    expect(titles.slice(0, 4)).toEqual([
      'Title of 2507.00001',
      'Title of 2025-07-02.1',
      'Title of 2025-07-02.2',
      'Title of 2025-07-01.1',
    ]);
  });

  it('lists by votes only papers with more votes for than against', async () => {
    const votes: [string, VoteCount][] = [
      ['2025-07-01.1', { up: 1, down: 0 }],
      ['2025-07-01.3', { up: 5, down: 2 }],
      ['2025-07-01.4', { up: 2, down: 2 }],
      ['2025-07-02.1', { up: 0, down: 3 }],
    ];
    const page = parsePage(await framed(monthPage(monthOf(july(), votes)), undefined));
    expect(titlesOf(page, '.best section:last-child')).toEqual(['Title of 2025-07-01.3', 'Title of 2025-07-01.1']);
    expect(textOf(parsePage(await framed(monthPage(monthOf(july())), undefined)))).not.toContain('Best by votes');
  });

  it('adds up counts, tokens and cost', async () => {
    const page = parsePage(await framed(monthPage(monthOf(july())), undefined));
    expect(textOf(page.querySelector('.ledger tfoot'))).toBe('Total 1,900 1,200 60 $0.0369 29,100');
    expect(textOf(page.querySelector('.tiles'))).toBe(
      'Days 3 Announced 1,900 Candidates 1,200 Picked 60 Tokens 29,100 Cost $0.0369',
    );
  });

  it('distinguishes an unknown cost from no cost', async () => {
    const usage = { promptTokens: 10, cachedTokens: 0, completionTokens: 2, costUsd: undefined };
    const free = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 };
    const digests = [
      digestWith('2025-07-01', [17]),
      digestWith('2025-07-02', [17], { usage }),
      digestWith('2025-07-03', [17], { usage: free }),
    ];
    const page = parsePage(await framed(monthPage(monthOf(digests)), undefined));
    const costs = page.querySelectorAll('.ledger tr').map((row) => textOf(row.querySelectorAll('td')[3] ?? null));
    expect(costs).toEqual(['', '$0.0123', 'unknown', '–', '≥ $0.0123']);
    expect(textOf(page)).toContain('The cost leaves out model calls with no known price.');
  });

  it('links to the neighboring months with digests, and to the year', async () => {
    const page = parsePage(await framed(monthPage(monthOf(july())), undefined));
    expect(attributesOf(page, '.masthead .neighbors a', 'href')).toEqual(['2025-06.html', '2025.html']);
  });
});

describe('the page of a year', () => {
  const year = () => {
    const june = digestWith('2025-06-30', [20], {
      counts: { announced: 900, scanned: 500, relevant: 15, unscored: 0 },
    });
    const days = [june, ...july()];
    const best = bestByScore(pickedOf(days, new Map()));
    return framed(
      yearPage({ channel, year: '2025', days: days.map(summaryOf), best, previous: '2024', next: undefined }),
      undefined,
    );
  };

  it('matches its golden file', async () => {
    await expect(await year()).toMatchFileSnapshot('golden/year.html');
  });

  it('adds up each month, with a bar for its picked papers and a link', async () => {
    const page = parsePage(await year());
    expect(page.querySelectorAll('.months tbody tr').map((row) => textOf(row))).toEqual([
      'June 1 900 500 15 $0.0123',
      'July 3 1,900 1,200 60 $0.0369',
    ]);
    expect(attributesOf(page, '.months .bar', 'style')).toEqual(['--share:25%', '--share:100%']);
    expect(attributesOf(page, '.months a', 'href')).toEqual(['2025-06.html', '2025-07.html']);
    expect(titlesOf(page, 'section')[0]).toBe('Title of 2025-06-30.1');
  });
});

const overviewOf = (more: Partial<Overview> = {}): Overview => {
  const newest = digestWith(
    '2025-07-08',
    Array.from({ length: 12 }, () => 17),
  );
  return {
    channel,
    newest: { ...writtenDay([]), digest: newest },
    days: [newest, ...july().slice(0, 2).reverse(), digestWith('2024-12-31', [15])].map(summaryOf),
    ...more,
  };
};

describe('the page of a channel', () => {
  it('shows the ten best papers of the newest day, and links to all others', async () => {
    const page = parsePage(await channelPage(overviewOf(), 'foundations'));
    expect(textOf(page.querySelector('h1'))).toBe('Tuesday, 8 July 2025');
    expect(page.querySelectorAll('article')).toHaveLength(10);
    expect(textOf(page.querySelector('article .comment'))).toBe('Comment on 2025-07-08.1.');
    // Everything but the papers is behind one line.
    expect(textOf(page.querySelector('.picked'))).toBe('12 of 12 papers picked');
    expect(attributesOf(page, '.fold .contents a', 'href')).toHaveLength(10);
    expect(page.querySelectorAll('.summary').every((one) => one.closest('.fold') !== null)).toBe(true);
    expect(attributesOf(page, '.all a', 'href')).toEqual(['2025-07-08.html']);
    expect(textOf(page.querySelector('.all'))).toContain('All 12 papers of the day');
    expect(attributesOf(page, '.days-list a', 'href')).toEqual([
      '2025-07-08.html',
      '2025-07-02.html',
      '2025-07-01.html',
      '2024-12-31.html',
    ]);
    expect(textOf(page.querySelector('.days-list'))).toContain('Wed 2 Jul 20 of 200 remedial run');
    expect(attributesOf(page, '.names a', 'href')).toEqual(['2025-07.html', '2024-12.html', '2025.html', '2024.html']);
    expect(attributesOf(page, '.archive p a', 'href')).toEqual(['feed.xml']);
  });

  it('announces the first digest, and reloads', async () => {
    const page = parsePage(await channelPage(overviewOf({ newest: undefined, days: [] }), 'foundations'));
    expect(textOf(page.querySelector('main'))).toContain(
      'The first digest of foundations appears here as soon as its papers are scored.',
    );
    expect(attributesOf(page, 'meta[http-equiv=refresh]', 'content')).toEqual(['15']);
  });
});

describe('the front page', () => {
  it('groups papers by topic as the day page does, with their ranks', async () => {
    const newest = overviewOf().newest;
    if (!newest) throw new Error('no day');
    const [first, second, third] = newest.digest.entries.map((entry) => entry);
    if (!first || !second || !third) throw new Error('too few papers');
    const entries = [
      { ...first, topic: 'Sparsity' },
      { ...second, topic: 'Quantization' },
      { ...third, topic: 'Sparsity' },
    ];
    const digest = { ...newest.digest, entries, groupByTopic: true };
    const page = parsePage(await channelPage(overviewOf({ newest: { ...newest, digest } }), undefined));
    expect(page.querySelectorAll('.topic > h3').map((one) => textOf(one))).toEqual([
      'Sparsity 2 papers',
      'Quantization 1 paper',
    ]);
    expect(page.querySelectorAll('.topic .paper').map((one) => one.id)).toEqual(['paper-1', 'paper-3', 'paper-2']);
  });

  it('of one channel matches its golden file', async () => {
    await expect(await channelPage(overviewOf(), undefined)).toMatchFileSnapshot('golden/index.html');
  });

  it('of one channel is the channel’s page, with links into its folder', async () => {
    const page = parsePage(await channelPage(overviewOf(), undefined));
    expect(attributesOf(page, '.all a', 'href')).toEqual(['foundations/2025-07-08.html']);
    expect(attributesOf(page, 'link[rel=alternate]', 'href')).toEqual(['foundations/feed.xml']);
    expect(attributesOf(page, 'link[rel=stylesheet]', 'href')).toEqual(['assets/style.css']);
  });

  it('of several channels shows the five best papers of each newest day, or that there is none', async () => {
    const vision = { name: 'vision', timezone: 'UTC' };
    const late = { from: '2025-07-07', to: '2025-07-07', approximate: false };
    const newest = {
      ...writtenDay([]),
      digest: digestWith('2025-07-08', [17, 16, 15, 14, 13, 12], { remedial: late }),
    };
    const page = parsePage(
      await framed(
        indexPage([
          { channel: newest.channel, newest: { ...newest, picked: 6 } },
          { channel: vision, newest: undefined },
        ]),
        undefined,
      ),
    );
    expect(page.querySelectorAll('h2').map((one) => textOf(one))).toEqual(['Tuesday, 8 July 2025', 'No digest yet']);
    expect(page.querySelectorAll('.list > li')).toHaveLength(5);
    expect(attributesOf(page, '.list a', 'href')[0]).toBe('foundations/2025-07-08.html#paper-1');
    expect(page.querySelectorAll('.list .comment')).toHaveLength(5);
    expect(textOf(page.querySelector('.notice'))).toContain('This is a remedial run');
    // The papers come before the counts.
    const text = textOf(page.querySelector('.channel'));
    expect(text.indexOf('Title of 2025-07-08.6')).toBe(-1);
    expect(text.indexOf('papers of the day')).toBeGreaterThan(text.indexOf('Title of 2025-07-08.5'));
    expect(text.indexOf('papers picked')).toBeGreaterThan(text.indexOf('papers of the day'));
    expect(attributesOf(page, '.kicker a', 'href')).toEqual(['foundations/index.html', 'vision/index.html']);
    expect(page.querySelector('meta[http-equiv=refresh]')).toBeNull();
  });

  it('reloads while no channel has a digest', async () => {
    const channels = ['foundations', 'vision'].map((name) => ({ name, timezone: 'UTC' }));
    const page = parsePage(
      await framed(indexPage(channels.map((channel) => ({ channel, newest: undefined }))), undefined),
    );
    expect(attributesOf(page, 'meta[http-equiv=refresh]', 'content')).toEqual(['15']);
  });
});
