import { describe, expect, it } from 'vitest';
import type { DigestEntry } from '../../../src/core/digest.ts';
import type { Day } from '../../../src/pages/day/day.ts';
import { dayPage } from '../../../src/pages/day/day-page.ts';
import { entryOf, paperOf, rubricOf, scoreOf } from '../../fakes/fixtures.ts';
import { attributesOf, parsePage, textOf } from '../page.ts';
import { builtInDay, entry, fullDay, mixedDay, modelUsage, smallModelUsage, writtenDay } from '../written-day.ts';

const prompt = (): string => 'Score these papers.';
const pageOf = async (day: Day) => parsePage(await dayPage(day, prompt));
const free = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 };

/** The full day without mathematics, so that the golden file holds no markup of KaTeX. */
const plainDay = (): Day => {
  const day = fullDay();
  const entries = day.digest.entries.map((one) => ({ ...one, paper: paperOf(one.paper.id, { version: 2 }) }));
  return { ...day, digest: { ...day.digest, entries } };
};

describe('the page of a day', () => {
  it('matches its golden file', async () => {
    await expect(await dayPage(plainDay(), prompt)).toMatchFileSnapshot('golden/day.html');
  });

  it('links to the previous day, the month, the next day and its other formats', async () => {
    const page = await pageOf(fullDay());
    const top = page.querySelector('.masthead');
    expect(top && attributesOf(top, 'a', 'href')).toEqual([
      '../index.html',
      '2025-07-07.html',
      '2025-07.html',
      '2025-07-09.html',
    ]);
    expect(attributesOf(page, '.formats a', 'href')).toEqual(['2025-07-08.md', '2025-07-08.json', 'feed.xml']);
    expect(attributesOf(page, 'link[rel=alternate]', 'href')).toEqual(['feed.xml']);
    expect(attributesOf(page, '.kicker a', 'href')).toEqual(['index.html']);
  });

  it('says that it is a remedial run, and if it is approximate', async () => {
    const remedial = { from: '2025-05-16', to: '2025-05-18', approximate: false };
    const late = writtenDay([entry(1, '2505.00001')], { date: '2025-05-19', remedial });
    late.digest.createdAt = '2025-05-25T22:30:00.000Z';
    expect(textOf((await pageOf(late)).querySelector('.notice'))).toBe(
      'This is a remedial run for the missed announcement of Monday, 19 May 2025, covering 16 to 18 May 2025. Made on 26 May 2025.',
    );
    late.digest.remedial = { ...remedial, approximate: true };
    expect(textOf((await pageOf(late)).querySelector('.notice'))).toContain('arXiv no longer lists it');
  });

  it('counts the papers that the prefilter screened out, with the estimated recall', async () => {
    const prefilter = { skipped: 613, sampled: 27, recall: 0.9804, low: 0.961, high: 0.989, days: 14 };
    const page = await pageOf(writtenDay([entry(1, '2505.00001')], { ...fullDay().digest, prefilter }));
    expect(textOf(page.querySelector('.funnel'))).toBe('Announced 1,820 Candidates 1,013 Scored 400 Picked 4');
    const rest = textOf(page.querySelector('.rest'));
    expect(rest).toContain('Screened out; about 98% of picks kept (96–99%), measured on 14 days 613');
    expect(rest).toContain('Unlikely but scored: a random sample, to measure the picks missed 27');
    expect(textOf(page.querySelector('.summary'))).toContain(
      'Screened out 613 of 1,013 papers; about 98% of picks kept (96–99%), measured on 14 days.',
    );
  });

  it('says why the prefilter did nothing', async () => {
    const page = await pageOf(
      writtenDay([entry(1, '2505.00001')], { prefilter: { reason: 'it failed (see the log)' } }),
    );
    expect(textOf(page)).toContain('The prefilter screened out nothing: it failed (see the log).');
  });

  it('counts announced papers, candidates, picked papers and the others', async () => {
    const page = await pageOf(fullDay());
    expect(textOf(page.querySelector('.funnel'))).toBe('Announced 1,820 Candidates 1,013 Picked 4');
    expect(attributesOf(page, '.funnel .bar', 'style')).toEqual(['--share:100.0%', '--share:55.7%', '--share:0.2%']);
    expect(textOf(page.querySelector('.rest'))).toBe(
      'Could not be scored 1 Left out: no author with an h-index of 12 or higher 30 Kept: not on Semantic Scholar yet 5 Kept: author lookup failed 2',
    );
    expect(textOf(page.querySelector('.summary'))).toContain('relevance 8 and novelty 7 or higher');
  });

  it('shows tokens, cached share, cost, price and source for each model', async () => {
    const table = textOf((await pageOf(fullDay())).querySelector('.numbers'));
    expect(table).toContain('Tokens 9,000 4,500 (50%) 700 9,700 Cost $0.0135 $0.0045 $0.0056 $0.0191');
    expect(table).toContain(
      'Price of gpt-test: $2.00 per million prompt tokens ($1.00 cached), $8.00 per million completion tokens; example.org , 1 July 2025.',
    );
    expect(table).toContain(
      'house_model Paid by channel vision, for all of its papers; foundations uses the same scores.',
    );
    expect(table).toContain('no known price for house_model');
  });

  it('rounds the amounts of a row alike, but never prices', async () => {
    const table = textOf((await pageOf(writtenDay([], {}, { models: [smallModelUsage()] }))).querySelector('.numbers'));
    expect(table).toContain('Cost $0.1322 $0.0018 $0.0758 $0.2080');
    expect(table).toContain('$0.15 per million prompt tokens ($0.075 cached), $0.60 per million completion tokens');
  });

  it('shows the totals of the digest if its calls were not recorded', async () => {
    const table = textOf((await pageOf(writtenDay([entry(1, '1')], {}, { models: [] }))).querySelector('.cost'));
    expect(table).toContain('gpt-test Tokens 9,000 4,500 (50%) 700 9,700 Cost $0.01');
  });

  it('shows no cost and the topics if only the built-in scorer was used', async () => {
    const engines = [{ engine: 'local' as const, model: 'local-1', papers: 12 }];
    const page = await pageOf(writtenDay([entry(1, '1')], { engines, usage: free }, { models: [] }));
    expect(page.querySelector('.cost')).toBeNull();
    expect(textOf(page.querySelector('.numbers'))).toContain('Scored by the built-in scorer, at no cost.');
    expect(textOf(page.querySelector('.why'))).toContain('The built-in scorer compares papers');
    expect(textOf(page.querySelector('.why pre'))).toContain('Model Compression');
    expect(textOf(page)).not.toContain(prompt());
  });

  it('shows a position and a match instead of points for the built-in scorer', async () => {
    const page = await pageOf(builtInDay());
    expect(textOf(page.querySelector('.summary'))).toContain('(at most 10, match 96% or higher)');
    expect(textOf(page.querySelector('#paper-1 .scores'))).toBe('Match 99.7% 1st of 383');
    expect(textOf(page.querySelector('.contents'))).toContain('1st of 383 · match 99.7%');
    expect(textOf(page)).toContain('match 96% means closer to your topics than 96% of recent papers');
    expect(textOf(page)).not.toMatch(/relevance|novelty/i);
    expect(page.querySelector('.grid')).toBeNull();
  });

  it.each([true, false])(
    'lists the built-in scorer’s papers apart from the language model’s (by topic: %s)',
    async (groupByTopic) => {
      const page = await pageOf(mixedDay({ groupByTopic }));
      const last = page.querySelectorAll('.papers section.topic').at(-1);
      expect(textOf(last?.querySelector('h3') ?? null)).toBe('Ranked by the built-in scorer 1 paper');
      expect(last?.querySelectorAll('article').map(({ id }) => id)).toEqual(['paper-2']);
      expect(textOf(page.querySelector('.contents'))).toContain('Ranked by the built-in scorer');
      expect(textOf(page.querySelector('#paper-1 .scores'))).toContain('Relevance 9 Novelty 8');
      expect(page.querySelectorAll('.grid td[style]')).toHaveLength(1);
    },
  );

  it('shows the prompt of the rubric', async () => {
    const hashes: string[] = [];
    const html = await dayPage(fullDay(), ({ hash }) => {
      hashes.push(hash);
      return 'Look for <compression> & "more".';
    });
    expect(hashes).toEqual([rubricOf().hash]);
    expect(textOf(parsePage(html).querySelector('.why pre'))).toBe('Look for <compression> & "more".');
  });

  it('counts the pairs of scores in a grid', async () => {
    const scored = (rank: number, relevance: number, novelty: number): DigestEntry =>
      entryOf(rank, paperOf(String(rank)), scoreOf(String(rank), relevance, novelty));
    const page = await pageOf(writtenDay([scored(1, 9, 9), scored(2, 9, 8), scored(3, 9, 8)]));
    const rows = page.querySelectorAll('.grid tr').map((row) => textOf(row));
    expect(rows).toEqual(['Novelty 10', 'Novelty 9 1', 'Novelty 8 2', 'Relevance 9 Relevance 10']);
  });

  it('says how a followed author was matched, and if the match was wrong', async () => {
    const labels = (await pageOf(fullDay())).querySelectorAll('.labels .label').map((label) => textOf(label));
    expect(labels).toEqual([
      'Followed author: Ada First',
      'Followed author (by name only): Ben Second',
      'Matched by name only; Semantic Scholar says this is another Cy Third',
    ]);
  });

  it('groups contents and papers by topic, with counts, and keeps the ranks', async () => {
    const page = await pageOf(fullDay());
    expect(page.querySelectorAll('.contents h3').map((one) => textOf(one))).toEqual([
      'Model Compression 2 papers',
      'Other 1 paper',
    ]);
    expect(attributesOf(page, '.contents li', 'value')).toEqual(['1', '3', '2']);
    expect(attributesOf(page, 'article', 'id')).toEqual(['paper-1', 'paper-3', 'paper-2']);
    expect(page.querySelectorAll('article h4')).toHaveLength(3);
  });

  it('leaves out an empty comment', async () => {
    const one = entryOf(1, paperOf('2507.00001'), scoreOf('2507.00001', 9, 8, { comment: '' }));
    expect((await pageOf(writtenDay([one]))).querySelector('.comment')).toBeNull();
  });

  it('shows the topic of each paper if they are not grouped', async () => {
    const page = await pageOf(writtenDay([entry(1, '1', { topic: 'Model Compression' }), entry(2, '2')]));
    expect(page.querySelectorAll('.label').map((one) => textOf(one))).toEqual(['Model Compression']);
    expect(page.querySelectorAll('article h3')).toHaveLength(2);
  });

  it('has an anchor for each rank and each arXiv id', async () => {
    const page = await pageOf(writtenDay([entry(1, '2507.04742'), entry(2, 'hep-th/9901001')]));
    const ids = attributesOf(page, '[id]', 'id');
    expect(ids).toEqual(expect.arrayContaining(['paper-1', '2507.04742', 'paper-2', 'hep-th/9901001']));
    expect(new Set(ids).size).toBe(ids.length);
    expect(attributesOf(page, '#paper-2 .facts a', 'href')).toEqual([
      'https://arxiv.org/abs/hep-th/9901001',
      'https://arxiv.org/pdf/hep-th/9901001',
      'https://arxiv.org/html/hep-th/9901001v1',
    ]);
  });

  it('names all authors, and folds a long list after three', async () => {
    const authors = Array.from({ length: 393 }, (_, index) => `Author ${index + 1}`);
    const page = await pageOf(writtenDay([{ ...entry(1, '1'), paper: paperOf('1', { authors }) }]));
    const folded = page.querySelector('details.authors');
    expect(textOf(folded?.querySelector('summary') ?? null)).toMatch(/^Author 1, .*Author 3 and 390 more$/);
    expect(textOf(folded?.querySelector('p') ?? null)).toMatch(/^Author 4, .*Author 393$/);
    expect(textOf(page.querySelector('.contents'))).toContain('Author 4 and 389 more');
  });

  it('shows votes', async () => {
    const page = await pageOf(fullDay());
    expect(page.querySelectorAll('article .votes').map((one) => textOf(one))).toEqual([
      '👍 3 for this paper 👎 1 against this paper',
    ]);
  });

  it('says under each paper why votes moved it, and above the papers how many moved', async () => {
    const moved = (points: number) => ({ nudge: { points, words: 'you liked 5 papers on quantization' } });
    const papers = [entry(1, '1', moved(1.31)), entry(2, '2', moved(0.4)), entry(3, '3', moved(-0.5)), entry(4, '4')];
    const page = await pageOf(writtenDay(papers));
    expect(textOf(page.querySelector('.papers > .small'))).toBe(
      'Your votes moved 2 papers; the note under each says why.',
    );
    expect(page.querySelectorAll('article').map((one) => textOf(one.querySelector('.comment + .small')))).toEqual([
      'Your votes moved it by +1.3 points: you liked 5 papers on quantization',
      '',
      'Your votes moved it by −0.5 points: you liked 5 papers on quantization',
      '',
    ]);
    for (const quiet of [papers.slice(1, 2), papers.slice(3), []])
      expect(textOf(await pageOf(writtenDay(quiet)))).not.toContain('votes moved');
  });

  it('shows the closest papers of a day without picks, with neither contents nor grid', async () => {
    const day = writtenDay([], { nearest: [entry(1, '1', { topic: 'A' }), entry(2, '2')], groupByTopic: true });
    const page = await pageOf(day);
    expect(textOf(page.querySelector('#papers h2'))).toBe('No paper picked; these came closest');
    expect(attributesOf(page, 'article', 'id')).toEqual(['paper-1', 'paper-2']);
    expect(page.querySelector('.contents')).toBeNull();
    expect(page.querySelector('.grid')).toBeNull();
    expect(page.querySelector('.topic')).toBeNull();
  });

  it('has a header on a day without papers', async () => {
    const page = await pageOf(writtenDay([], { counts: { announced: 0, scanned: 0, relevant: 0, unscored: 0 } }));
    expect(textOf(page.querySelector('h1'))).toBe('Tuesday, 8 July 2025');
    expect(attributesOf(page, '.funnel .bar', 'style')).toEqual(['--share:0.0%', '--share:0.0%', '--share:0.0%']);
    expect(page.querySelectorAll('#papers')).toHaveLength(1);
  });

  it('links to no invented paper', async () => {
    const page = await pageOf(writtenDay([entry(1, 'sample.00001')], {}, { models: [] }));
    expect(textOf(page.querySelector('article h3'))).toBe('Title of sample.00001 (invented)');
    expect(attributesOf(page, 'a', 'href').filter((href) => /arxiv\.org.*sample/.test(href))).toEqual([]);
  });

  it('typesets mathematics, and loads its style sheet only if there is any', async () => {
    const page = await pageOf(fullDay());
    expect(page.querySelectorAll('h4 .katex')).toHaveLength(1);
    expect(page.querySelectorAll('.contents .katex')).toHaveLength(1);
    expect(page.querySelectorAll('.abstract .katex').length).toBeGreaterThan(0);
    expect(attributesOf(page, 'link[rel=stylesheet]', 'href')).toEqual([
      '../assets/katex.min.css',
      '../assets/style.css',
    ]);
    expect(attributesOf(await pageOf(plainDay()), 'link[rel=stylesheet]', 'href')).toEqual(['../assets/style.css']);
  });

  it('has one main heading, headings in order, no scripts, and a name for every section', async () => {
    for (const day of [fullDay(), plainDay(), writtenDay([], { nearest: [entry(1, '1')] })]) {
      const page = await pageOf(day);
      const levels = page.querySelectorAll('h1, h2, h3, h4').map(({ tagName }) => Number(tagName.slice(1)));
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      for (const [index, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
      expect(page.querySelectorAll('script, [onclick], [onload], iframe')).toEqual([]);
      expect(page.querySelectorAll('nav:not([aria-label])')).toEqual([]);
      const ids = new Set(attributesOf(page, '[id]', 'id'));
      for (const id of attributesOf(page, '[aria-labelledby]', 'aria-labelledby')) expect(ids).toContain(id);
      for (const href of attributesOf(page, 'a', 'href').filter((one) => one.startsWith('#')))
        expect(ids).toContain(decodeURIComponent(href.slice(1)));
    }
  });
});

/** A day with the text in every field that papers, models, people or the config can fill. */
const hostileDay = (text: string): Day => {
  const paper = paperOf('2507.00001', { title: text, authors: [text, text], abstract: text, categories: [text] });
  const one: DigestEntry = {
    ...entryOf(1, paper, scoreOf('2507.00001', 9, 8, { comment: text })),
    reason: {
      kind: 'author',
      matches: [
        { name: text, basis: 'name' },
        { name: text, basis: 'refuted' },
      ],
    },
    ...{ topic: text, summary: { summaryId: 1, text } },
    nudge: { points: 1, words: text },
  };
  const price = { prompt: 1, cachedPrompt: 1, completion: 1, source: `javascript:${text}`, date: text };
  return writtenDay(
    [one],
    { notices: [text], engines: [{ engine: 'openai', model: text, papers: 1 }], groupByTopic: true },
    {
      models: [modelUsage({ model: text, channel: text, price }), modelUsage({ model: text, price: undefined })],
      rubric: rubricOf({ topics: text }),
    },
  );
};

/** The page's elements and attribute names, without their content. */
const skeleton = (html: string): string[] =>
  parsePage(html)
    .querySelectorAll('*')
    .map(({ tagName, attributes }) => `${tagName} ${Object.keys(attributes).join(' ')}`);

describe('hostile text on a page', () => {
  it.each([
    '<script>alert(1)</script>',
    '</title><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '<!-- hidden',
    ']]><svg onload=alert(1)>',
    '</p></article></main>',
    '<style>*{display:none}</style>',
    '&lt;b&gt; &#60;script&#62;',
    'unclosed $x^2 and \\( more',
    '\u0000\u0007 control',
  ])('stays text: %j', async (text) => {
    const hostile = await dayPage(hostileDay(text), () => text);
    expect(skeleton(hostile)).toEqual(skeleton(await dayPage(hostileDay('plain'), () => 'plain')));
    expect(hostile).not.toMatch(/href="\s*javascript:/i);
  });

  it.each([
    '\\href{javascript:alert(1)}{x}',
    '$\\href{javascript:alert(1)}{x}$',
    '$\\includegraphics{//evil.example}$',
  ])('stays harmless in mathematics: %s', async (text) => {
    const page = await pageOf(hostileDay(text));
    const addresses = [...attributesOf(page, '[href]', 'href'), ...attributesOf(page, '[src]', 'src')];
    expect(addresses.filter((one) => /javascript:|evil/.test(one))).toEqual([]);
  });

  it('cannot change the direction of the text around it', async () => {
    const html = await dayPage(hostileDay('abc\u202Edcba\u2066x'), () => '\u202E');
    expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });

  it('may be very long', async () => {
    const long = `${'word'.repeat(1250)} end`;
    expect(textOf((await pageOf(hostileDay(long))).querySelector('article h4'))).toBe(long);
  });
});
