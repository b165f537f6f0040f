import { describe, expect, it } from 'vitest';
import { categories } from '../../config/category.ts';
import { channel, problems, withFile } from './helpers.ts';

/** What is wrong with one more line in a channel that is right otherwise. */
const inChannel = async (line: string, env: Record<string, string> = {}) => {
  const key = line.slice(0, line.indexOf(':'));
  const plain = channel().replace(new RegExp(`^    ${key}:.*\n`, 'm'), '');
  const found = await problems(withFile(`channels:\n${plain}    ${line}\n`, env));
  return found.map((problem) => problem.replace(/ \(line \d+\)$/, ''));
};

const atTop = async (line: string, env: Record<string, string> = {}) => {
  const found = await problems(withFile(`${line}\nchannels:\n${channel()}`, env));
  return found.map((problem) => problem.replace(/ \(line \d+\)$/, ''));
};

const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };

describe('a channel', () => {
  it.each([
    'cutoffs: { relevance: 1, novelty: 10 }',
    'cutoffs: { relevance: 9 }',
    'top: 1',
    'top: 200',
    'timezone: UTC',
    'schedule: "*/5 6-20 * * MON,WED"',
    'announceTypes: [replace, replace-cross]',
    'categories: [hep-th, math.AG, cond-mat.mes-hall, physics.optics, q-bio.NC, astro-ph.GA, quant-ph]',
    'post: [web]',
    'minHIndex: 20',
    'papersPerDay: 20',
    'top: 5',
    'groupByTopic: true',
    'digest: { summary: true }',
    'digest: { style: full, summary: false }',
    'primaryOnly: true',
  ])('may have %s', async (line) => {
    expect(await inChannel(line)).toEqual([]);
  });

  it.each([
    ['cutoffs: { relevance: 11 }', 'channels[0].cutoffs.relevance: 11 is too large; write a whole number from 1 to 10'],
    ['cutoffs: { novelty: 0 }', 'channels[0].cutoffs.novelty: 0 is too small; write a whole number from 1 to 10'],
    [
      'cutoffs: { novelty: 6.5 }',
      'channels[0].cutoffs.novelty: 6.5 is not a whole number; write a whole number from 1 to 10',
    ],
    [
      'cutoffs: { relevance: "7" }',
      'channels[0].cutoffs.relevance: "7" is not a number; write a whole number from 1 to 10',
    ],
    ['cutoffs: { relevence: 7 }', 'channels[0].cutoffs.relevence is not known; did you mean "relevance"?'],
    ['top: 0', 'channels[0].top: 0 is too small; write a whole number from 1 to 200'],
    ['top: 201', 'channels[0].top: 201 is too large; write a whole number from 1 to 200'],
    ['papersPerDay: 0', 'channels[0].papersPerDay: 0 is too small; write a whole number from 1 to 200'],
    ['papersPerDay: 21', 'channels[0].papersPerDay: 21 is more than top, which is 20; write at most 20, or raise top'],
    ['top:', 'channels[0].top is empty; write a whole number from 1 to 200'],
    ['catgories: [cs.LG]', 'channels[0].catgories is not known; did you mean "categories"?'],
    ['announceTypes: [corss]', 'channels[0].announceTypes[0]: "corss" is not known; did you mean "cross"?'],
    [
      'announceTypes: new',
      'channels[0].announceTypes: "new" is not a list; write a list with any of new, cross, replace, replace-cross',
    ],
    [
      'announceTypes: []',
      'channels[0].announceTypes is empty; write a list with any of new, cross, replace, replace-cross',
    ],
    ['primaryOnly: yes', 'channels[0].primaryOnly: "yes" is not true or false; write true or false'],
    ['minHIndex: -1', 'channels[0].minHIndex: -1 is too small; write a whole number from 0 to 300'],
    ['digest: { summary: 1 }', 'channels[0].digest.summary: 1 is not true or false; write true or false'],
    ['digest: { summaries: true }', 'channels[0].digest.summaries is not known; did you mean "summary"?'],
    ['groupByTopic: maybe', 'channels[0].groupByTopic: "maybe" is not true or false; write true or false'],
    [
      'managers: [U1]',
      'channels[0].managers[0]: "U1" names no platform; write slack: and the member id, such as slack:U01ALICE',
    ],
    ['recap: weekly', 'channels[0].recap: "weekly" is not known; did you mean "week"?'],
    ['linkCards: 1', 'channels[0].linkCards: 1 is not true or false; write true or false'],
    ['authors: [Ada]', 'channels[0].authors[0]: "Ada" is not a group of keys; write { name: …, semanticScholarId: … }'],
    [
      'timezone: Asia/Beijing',
      'channels[0].timezone: "Asia/Beijing" is not a time zone; did you mean "Asia/Shanghai"?',
    ],
    ['timezone: Mumbai', 'channels[0].timezone: "Mumbai" is not a time zone; did you mean "Asia/Kolkata"?'],
    [
      'timezone: America/San Francisco',
      'channels[0].timezone: "America/San Francisco" is not a time zone; did you mean "America/Los_Angeles"?',
    ],
    ['timezone: Zürich', 'channels[0].timezone: "Zürich" is not a time zone; did you mean "Europe/Zurich"?'],
    [
      'timezone: Asia/Beirux City',
      'channels[0].timezone: "Asia/Beirux City" is not a time zone; write an IANA name such as Europe/Berlin',
    ],
    ['timezone: Berlin', 'channels[0].timezone: "Berlin" is not a time zone; did you mean "Europe/Berlin"?'],
    [
      'timezone: Europe/Berln',
      'channels[0].timezone: "Europe/Berln" is not a time zone; did you mean "Europe/Berlin"?',
    ],
    [
      'timezone: "+02:00"',
      'channels[0].timezone: "+02:00" is not a time zone; write an IANA name such as Europe/Berlin',
    ],
  ])('may not have %s', async (line, problem) => {
    expect(await inChannel(line)).toEqual([problem]);
  });

  it.each(['"0 0 30 2 *"', '"99 9 * * *"', '"0 0 9 * * 1"', '2030-01-01T09:00:00', '"@daily"'])(
    'may not have the schedule %s',
    async (schedule) => {
      const [problem, ...others] = await inChannel(`schedule: ${schedule}`);
      expect(problem).toMatch(/^channels\[0\]\.schedule: .* is not a schedule: .*; write a cron expression such as/);
      expect(others).toEqual([]);
    },
  );

  it.each([
    ['cs.lg', 'did you mean "cs.LG"?'],
    ['hepth', 'did you mean "hep-th"?'],
    ['maths.AG', 'did you mean "math.AG"?'],
    ['cs', 'it is a whole archive; write its subjects, such as cs.LG'],
    ['machine-learning', 'use one such as cs.LG, math.AG or hep-th'],
    ['cs.ML', 'did you mean "stat.ML"?'],
    ['cs.LQ', 'did you mean "cs.LG" or "cs.LO"?'],
    ['econ.ZZ', 'econ has EM, GN and TH; use one such as econ.EM'],
    ['cond-mat.mtrl-sc', 'did you mean "cond-mat.mtrl-sci"?'],
    ['LG', 'did you mean "cs.LG"?'],
    ['co', 'did you mean "astro-ph.CO", "math.CO" or "stat.CO"?'],
    ['optics', 'did you mean "physics.optics"?'],
    ['hep-th.AB', 'did you mean "hep-th"?'],
    ['cs.LG.AI', expect.stringMatching(/^cs has AI, AR, .* and SY; use one such as cs\.LG$/)],
    ['astro-ph', 'it is a whole archive; write its subjects, such as astro-ph.GA'],
    ['maths', '"math" is a whole archive; write its subjects, such as math.AG'],
  ])('may not have the category %s', async (name, advice) => {
    const [problem = '', ...others] = await inChannel(`categories: [${name}]`);
    const begin = `channels[0].categories[0]: "${name}" is not an arXiv category; `;
    expect([problem.slice(0, begin.length), problem.slice(begin.length)]).toEqual([begin, advice]);
    expect(others).toEqual([]);
  });

  it('may have every category that arXiv announces, in archives with subjects and without', async () => {
    expect(categories.size).toBe(155);
    expect(await inChannel(`categories: [${[...categories].join(', ')}]`)).toEqual([]);
  });

  it('may not have a category twice', async () => {
    expect(await inChannel('categories: [cs.LG, cs.AI, cs.LG]')).toEqual([
      'channels[0].categories[2]: "cs.LG" is listed twice; remove one',
    ]);
  });

  it('keeps the first of two names of one category', async () => {
    const one = channel().replace('[cs.LG]', '[math.IT, cs.LG, cs.IT, eess.SY, cs.SY]');
    const { channels } = await withFile(`channels:
${one}`);
    expect(channels[0]?.categories).toEqual(['math.IT', 'cs.LG', 'eess.SY']);
  });
});

describe('the name of a channel', () => {
  it.each(['two words', '-x', 'a/b', 'é', 'x'.repeat(41)])('may not be %s', async (name) => {
    const [problem] = await problems(withFile(`channels:\n${channel('', JSON.stringify(name))}`));
    expect(problem).toBe(
      `channels[0].name: "${name}" is not a valid name; write a name of up to 40 letters, digits, - and _ (line 2)`,
    );
  });
});

describe('a destination', () => {
  const discord = ['discord:1098765432101234567', 'discord:109876543210123456:1098765432101234567'];

  it.each(['slack:C01GEN', 'slack:T01TEAM:C01GEN', ...discord, 'web', 'console'])('may be %s', async (address) => {
    expect(await inChannel(`post: [${address}]`, { ...slack, DISCORD_TOKEN: 'x' })).toEqual([]);
  });

  it.each([
    ...['discord:109', 'discord:general', 'discord:1098765432101234567:general'].map((address) => [
      address,
      'names no Discord channel; write its id, such as discord:1098765432101234567 (with Developer Mode on: right-click the channel, Copy Channel ID)',
    ]),
    ['#general', 'names no platform; write slack: and the channel id, such as slack:C01GEN'],
    ['slak:C01GEN', 'names no known platform; did you mean "slack"?'],
    [
      'slack:',
      'names no Slack channel; write its id, such as slack:C01GEN (in Slack: channel name, About, Channel ID)',
    ],
    ...[
      'slack:#general',
      'slack:general',
      'slack:c01gen',
      'slack:U01ALICE',
      'slack:X01:C01GEN',
      'slack:T01:C01:C02',
    ].map((address) => [
      address,
      'names no Slack channel; write its id, such as slack:C01GEN (in Slack: channel name, About, Channel ID)',
    ]),
    ['web:main', 'has extra text; write only web'],
  ])('may not be %s', async (address, complaint) => {
    const env = { ...slack, DISCORD_TOKEN: 'x' };
    expect(await inChannel(`post: ["${address}"]`, env)).toEqual([`channels[0].post[0]: "${address}" ${complaint}`]);
  });

  it('on Slack or Discord needs a token, and the problem names its variable', async () => {
    expect(await inChannel('post: [discord:1098765432101234567]')).toEqual([
      'channels[0].post[0]: "discord:1098765432101234567" needs the environment variable DISCORD_TOKEN; set it, or remove the destination',
    ]);
    expect(await inChannel('post: [slack:C01GEN]')).toEqual([
      'channels[0].post[0]: "slack:C01GEN" needs the environment variable SLACK_BOT_TOKEN; set it, or remove the destination',
    ]);
  });

  it('that looks like a token is not quoted', async () => {
    const [problem] = await inChannel('post: [xoxb-123-456]');
    expect(problem).toContain('channels[0].post[0]: a token names no known platform');
    expect(problem).not.toContain('123');
  });

  const two = (first: string, second: string) =>
    problems(
      withFile(
        `channels:\n${channel().replace('[console]', `[${first}]`)}${channel('', 'two').replace('[console]', `[${second}]`)}`,
        slack,
      ),
    );

  it.each([
    ['slack:C01GEN', 'slack:C01GEN'],
    ['slack:C01GEN', 'slack:T01TEAM:C01GEN'],
    ['slack:T01TEAM:C01GEN', 'slack:C01GEN'],
  ])('belongs to one channel: %s in one and %s in the other is an error', async (first, second) => {
    expect(await two(first, second)).toEqual([
      `channels[1].post[0]: "${second}" is already at channels[0].post[0]; remove one, because a destination belongs to one channel (line 7)`,
    ]);
  });

  it.each([
    ['slack:T01TEAM:C01GEN', 'slack:T02TEAM:C01GEN'],
    ['web', 'web'],
    ['console', 'console'],
  ])('may be %s in one channel and %s in another', async (first, second) => {
    expect(await two(first, second)).toEqual([]);
  });

  it('may not be in one channel twice', async () => {
    expect(await inChannel('post: [web, web]')).toHaveLength(1);
  });
});

describe('the keys at the top', () => {
  it.each([
    ['scorer: { batchSize: 51 }', 'scorer.batchSize: 51 is too large; write a whole number from 1 to 50'],
    ['scorer: { concurrency: 33 }', 'scorer.concurrency: 33 is too large; write a whole number from 1 to 32'],
    [
      'scorer: { dailyBudgetUsd: -1 }',
      'scorer.dailyBudgetUsd: -1 is too small; write an amount in US dollars such as 1.00; 0 for none',
    ],
    ['scorer: { engine: opnai }', 'scorer.engine: "opnai" is not known; did you mean "openai"?'],
    [
      'scorer: { engine: openai }',
      'scorer.engine: openai needs the environment variable OPENAI_API_KEY or OPENAI_BASE_URL; set one, or write auto or local',
    ],
    [
      'scorer: { prefilter: { targetRecall: 1 } }',
      'scorer.prefilter.targetRecall: 1 is too large; write the share of picks to keep, from 0.5 to 0.995, such as 0.98',
    ],
    [
      'scorer: { prefilter: true }',
      'scorer.prefilter: true is not a group of keys; write off, or { targetRecall: 0.98 }',
    ],
    [
      'scorer: { prefilter: { targetRecal: 0.9 } }',
      'scorer.prefilter.targetRecal is not known; did you mean "targetRecall"?',
    ],
    ['scorer: { batch: true }', 'scorer.batch: true is not valid; write auto, off, or { maxWaitMinutes: 60 }'],
    [
      'scorer: { batch: { maxWaitMinute: 90 } }',
      'scorer.batch.maxWaitMinute is not known; did you mean "maxWaitMinutes"?',
    ],
    [
      'scorer: { batch: { maxWaitMinutes: 5 } }',
      'scorer.batch.maxWaitMinutes: 5 is too small; write a whole number from 20 to 720',
    ],
    ['scorer: { repeat: 4 }', 'scorer.repeat: 4 is too large; write a whole number from 0 to 3'],
    ['backup: daily', 'backup: "daily" is not a group of keys; write off, or { keep: { daily: 7, weekly: 4 } }'],
    ['backup: { keep: { daily: 0 } }', 'backup.keep.daily: 0 is too small; write a whole number from 1 to 366'],
    ['backup: { keep: { days: 3 } }', 'backup.keep.days is not known; use one of daily, weekly'],
    ['recap: weekly', 'recap: "weekly" is not known; did you mean "week"?'],
    [
      'admins: [U01ALICE]',
      'admins[0]: "U01ALICE" names no platform; write slack: and the member id, such as slack:U01ALICE',
    ],
    ['admins: slack:U1', 'admins: "slack:U1" is not a list; write a list of people, such as [slack:U01ALICE]'],
  ])('may not be %s', async (line, problem) => {
    expect(await atTop(line)).toEqual([problem]);
  });

  it.each([
    ['{ secret: hush-hush }', 'web.secret is too short; write at least 12 characters'],
    ['{ secret: 123456789012 }', 'web.secret is not text; put it in quotes, and write at least 12 characters'],
    ['{ secret: }', 'web.secret is empty; write at least 12 characters'],
    ['{ secret: [hush-hush-hush] }', 'web.secret is not text; put it in quotes'],
    ['hush-hush-hush', 'web is not a group of keys; write { publicReading: true }, or leave it out'],
    ['{ scret: hush-hush-hush }', 'web.scret is not known; did you mean "secret"?'],
    [
      '{ trustedProxies: [localhost] }',
      'web.trustedProxies[0]: "localhost" is not an IP address; write one such as 127.0.0.1, or a network such as 10.0.0.0/8',
    ],
    ['{ trustedProxies: [10.0.0.0/33] }', 'web.trustedProxies[0]: "10.0.0.0/33" is not an IP address'],
    ['{ trustedProxies: 10.0.0.1 }', 'web.trustedProxies: "10.0.0.1" is not a list; write a list of proxies'],
    ['{ publicReading: maybe }', 'web.publicReading: "maybe" is not true or false; write true or false'],
  ])('may not have web: %s, and no problem shows a secret', async (value, problem) => {
    const [found = '', ...others] = await atTop(`web: ${value}`);
    expect(found.slice(0, problem.length)).toBe(problem);
    expect(found).not.toMatch(/hush|1234/);
    expect(others).toEqual([]);
  });

  it('may name admins with and without their team', async () => {
    expect(await atTop('admins: [slack:U01ALICE, slack:T01TEAM:U02BOB, web:local]')).toEqual([]);
  });

  it('must include channels with different names', async () => {
    expect(await problems(withFile('language: English'))).toEqual([
      'channels is missing; write a list with one group of keys per channel',
    ]);
    expect(await problems(withFile('channels: []'))).toEqual([
      'channels is empty; write a list with one group of keys per channel (line 1)',
    ]);
    expect(await problems(withFile(`channels:\n${channel()}${channel('', 'One')}`))).toEqual([
      'channels[1].name: "One" is also the name of channels[0]; write another (line 6)',
    ]);
  });
});

describe('YAML that does not parse', () => {
  it.each([
    ['channels: [\nfoo: 1', /^line 2, column 1: Flow sequence in block collection must be/],
    ['language: English\nlanguage: German', /^line 2, column 1: this key is a duplicate; keep one$/],
    ['channels:\n\t- name: x', /^line 2, column 1: this line is indented with a tab; use spaces$/],
    ['schedule: *soon', /^Unresolved alias .*; put text that begins with \* in quotes$/],
  ])('is reported with its line: %j', async (yaml, problem) => {
    const [first] = await problems(withFile(yaml));
    expect(first).toMatch(problem);
  });

  it('does not hide the problems of the environment', async () => {
    expect(await problems(withFile('a: [', { PAPERBOY_NOW: 'soon' }))).toHaveLength(2);
  });
});
