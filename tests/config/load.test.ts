import { describe, expect, it } from 'vitest';
import { secretsOf } from '../../config/environment.ts';
import { channel, cwd, load, problems, withFile } from './helpers.ts';

describe('the settings without a file', () => {
  it('are those of the built-in example, with one channel and the built-in scorer', async () => {
    const config = await load();
    expect(config).toMatchObject({
      source: 'built-in example',
      isExample: true,
      timezone: 'America/New_York',
      scorer: {
        ...{ engine: 'local', model: 'gpt-4o-mini', batchSize: 36, concurrency: undefined, timeoutSeconds: 120 },
        ...{ dailyBudgetUsd: 1, repeat: 0, prefilter: { targetRecall: 0.98 }, batch: 'auto' },
      },
      admins: [],
      backup: { keep: { daily: 7, weekly: 4 } },
      retention: { paperMonths: null },
      web: { secret: undefined, publicReading: false },
    });
    expect(config.channels).toEqual([
      {
        name: 'foundations',
        timezone: 'America/New_York',
        schedule: '0 9 * * 1-5',
        post: ['web:foundations', 'console'],
        categories: ['cs.LG', 'cs.AI'],
        announceTypes: ['new', 'cross'],
        primaryOnly: false,
        rubric: {
          hash: 'hash',
          template: 'template',
          topics: '# Example topics',
          criteria: '# Built-in criteria',
          language: 'English',
        },
        cutoffs: { relevance: 7, novelty: 6 },
        papersPerDay: 10,
        top: 20,
        authors: [],
        minHIndex: 0,
        mute: [],
        groupByTopic: false,
        digestStyle: 'compact',
        digestSummary: false,
        managers: [],
        isPaused: false,
        linkCards: false,
        recap: undefined,
      },
    ]);
  });
});

describe('a config file', () => {
  it('has every default that the example shows', async () => {
    const example = await load();
    const config = await withFile(`channels:\n${channel()}`);
    expect(config.isExample).toBe(false);
    expect(config.source).toBe(`${cwd}/config/paperboy.yaml`);
    expect(config.scorer).toEqual(example.scorer);
    const { name, post, categories, rubric, ...defaults } = example.channels[0] ?? {};
    expect(config.channels[0]).toMatchObject({ ...defaults, name: 'one', post: ['console'], categories: ['cs.LG'] });
    expect(config.channels[0]?.rubric).toMatchObject({ topics: '# Topics', criteria: '# Built-in criteria' });
  });

  it('may mute words and phrases, each once', async () => {
    const withMute = (list: string) => withFile(`channels:\n${channel(`mute: ${list}`)}`);
    const [muting] = (await withMute('[blockchain, smart contracts]')).channels;
    expect(muting?.mute).toEqual(['blockchain', 'smart contracts']);
    await expect(withMute('[blockchain, Blockchain]')).rejects.toThrow('mute: "Blockchain" is there twice');
    await expect(withMute('["…"]')).rejects.toThrow('mute: "…" has no word');
    await expect(withMute('blockchain')).rejects.toThrow(
      'write a list of words and phrases, such as [blockchain, smart contracts]',
    );
  });

  it('lowers the default papers per day to `top`', async () => {
    const config = await withFile(`channels:\n${channel('top: 5')}${channel('top: 30\npapersPerDay: 25', 'two')}`);
    expect(config.channels.map(({ top, papersPerDay }) => [top, papersPerDay])).toEqual([
      [5, 5],
      [30, 25],
    ]);
  });

  it('passes time zone, schedule and language to channels without their own', async () => {
    const config = await withFile(
      `timezone: Asia/Tokyo\nschedule: "30 8 * * *"\nlanguage: Japanese\nchannels:\n${channel()}${channel(
        'timezone: Europe/Berlin\nschedule: "0 7 * * 1"\nlanguage: German',
        'two',
      )}`,
    );
    expect(config.channels.map(({ timezone, schedule, rubric }) => [timezone, schedule, rubric.language])).toEqual([
      ['Asia/Tokyo', '30 8 * * *', 'Japanese'],
      ['Europe/Berlin', '0 7 * * 1', 'German'],
    ]);
  });

  it('is read from PAPERBOY_CONFIG, with paths relative to it', async () => {
    const files = {
      'teams/lab.yaml': `channels:\n${channel('criteria: ../shared/strict.md')}`,
      'teams/topics.md': '# Lab',
      'shared/strict.md': '# Strict',
    };
    const config = await load(files, { PAPERBOY_CONFIG: 'teams/lab.yaml' });
    expect(config.source).toBe(`${cwd}/teams/lab.yaml`);
    expect(config.channels[0]?.rubric).toMatchObject({ topics: '# Lab', criteria: '# Strict' });
  });

  it('gives every channel that posts to the web its own destination', async () => {
    const onWeb = (name: string) => channel('', name).replace('[console]', '[console, web]');
    const config = await withFile(`channels:\n${onWeb('one')}${onWeb('Two')}`);
    expect(config.channels.map(({ post }) => post)).toEqual([
      ['console', 'web:one'],
      ['console', 'web:Two'],
    ]);
  });

  it("may contain the web page's secret, which is masked in logs", async () => {
    const config = await withFile(`web: { secret: from the file, publicReading: true }\nchannels:\n${channel()}`);
    expect(config.web.secret?.reveal()).toBe('from the file');
    expect(config.web.publicReading).toBe(true);
    expect(secretsOf(config.env)).toEqual([config.web.secret]);
    expect(JSON.stringify(config)).not.toContain('from the file');
  });

  it("is overridden by the environment's secret of the web page", async () => {
    const yaml = `web: { secret: from the file }\nchannels:\n${channel()}`;
    const { web } = await withFile(yaml, { PAPERBOY_WEB_SECRET: 'from outside' });
    expect(web.secret?.reveal()).toBe('from outside');
    expect(web.publicReading).toBe(false);
  });

  it('accepts an author id with and without quotes', async () => {
    const config = await withFile(
      `channels:\n${channel('authors: [{ name: Ada Example, semanticScholarId: 12 }, { name: Bo Example, semanticScholarId: "34" }, { name: Cy Example }]')}`,
    );
    expect(config.channels[0]?.authors).toEqual([
      { name: 'Ada Example', semanticScholarId: '12' },
      { name: 'Bo Example', semanticScholarId: '34' },
      { name: 'Cy Example' },
    ]);
  });

  it.each([
    ['auto', {}, 'local'],
    ['auto', { OPENAI_API_KEY: 'key' }, 'openai'],
    ['auto', { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }, 'openai'],
    ['local', { OPENAI_API_KEY: 'key' }, 'local'],
    ['openai', { OPENAI_API_KEY: 'key' }, 'openai'],
  ])('resolves the engine %s with %o to %s', async (written, env, engine) => {
    const config = await withFile(`scorer: { engine: ${written} }\nchannels:\n${channel()}`, env);
    expect(config.scorer.engine).toBe(engine);
  });

  it.each([
    ['off', null],
    ['false', null],
    ['{ targetRecall: 0.95 }', { targetRecall: 0.95 }],
    ['{}', { targetRecall: 0.98 }],
  ])('reads the prefilter %s', async (written, prefilter) => {
    const config = await withFile(`scorer: { prefilter: ${written} }\nchannels:\n${channel()}`);
    expect(config.scorer.prefilter).toEqual(prefilter);
  });

  it.each([
    ['auto', 'auto'],
    ['off', null],
    ['false', null],
    ['{ maxWaitMinutes: 90 }', { maxWaitMinutes: 90 }],
    ['{}', { maxWaitMinutes: 60 }],
  ])('reads batches %s', async (written, batch) => {
    const config = await withFile(`scorer: { batch: ${written} }\nchannels:\n${channel()}`);
    expect(config.scorer.batch).toEqual(batch);
  });

  it.each([
    ['off', null],
    ['false', null],
    ['{ keep: { daily: 3 } }', { keep: { daily: 3, weekly: 4 } }],
    ['{}', { keep: { daily: 7, weekly: 4 } }],
  ])('reads the backup %s', async (written, backup) => {
    expect((await withFile(`backup: ${written}\nchannels:\n${channel()}`)).backup).toEqual(backup);
  });

  it.each([
    ['forever', null],
    ['18 months', 18],
    ['1 year', 12],
    ['2 years', 24],
  ])('keeps papers for the time %s', async (written, paperMonths) => {
    const { retention } = await withFile(`retention: { papers: ${written} }\nchannels:\n${channel()}`);
    expect(retention).toEqual({ paperMonths });
  });

  it.each(['5 months', '0 years', '2', 'two years', '1.5 years'])('refuses to keep papers for %s', async (written) => {
    expect(await problems(withFile(`retention: { papers: "${written}" }\nchannels:\n${channel()}`))).toEqual([
      `retention.papers: "${written}" is not a time to keep papers; write forever, or at least 6 months, such as 2 years (line 1)`,
    ]);
  });

  it('is an error if the file of PAPERBOY_CONFIG does not exist', async () => {
    expect(await problems(load({}, { PAPERBOY_CONFIG: 'nope.yaml' }))).toEqual([
      `PAPERBOY_CONFIG: there is no file ${cwd}/nope.yaml; create it, or write another path`,
    ]);
  });

  it('is an error if it is empty', async () => {
    expect(await problems(withFile('# nothing yet\n'))).toEqual(['the file is empty; write keys such as channels:']);
    expect(await problems(withFile('\n'))).toEqual([`${cwd}/config/paperboy.yaml is empty; add text to it`]);
  });
});

describe('a .env file', () => {
  it('adds what the environment does not set', async () => {
    const dotenv = '# comment\nOPENAI_API_KEY="from file"\nPAPERBOY_HTTP=127.0.0.1:1\n';
    const { env } = await load({ '.env': dotenv }, { PAPERBOY_HTTP: '127.0.0.1:2' });
    expect(env.openai?.apiKey?.reveal()).toBe('from file');
    expect(env.http).toEqual({ host: '127.0.0.1', port: 2 });
  });

  it('is checked like the environment', async () => {
    expect(await problems(load({ '.env': 'PAPERBOY_HTPP=off\n' }))).toEqual([
      'PAPERBOY_HTPP is not known; did you mean "PAPERBOY_HTTP"?',
    ]);
  });

  it('does not override an empty variable', async () => {
    const { env } = await load({ '.env': 'OPENAI_API_KEY=key\n' }, { OPENAI_API_KEY: '' });
    expect(env.openai).toBeUndefined();
  });
});

describe('several problems', () => {
  it('are reported at once, environment first, then the file in order with lines', async () => {
    const yaml = [
      'schedule: whenever',
      'scorer: { modle: x }',
      'channels:',
      '  - name: one',
      '    post: [slack:C01GEN]',
      '    catgories: [cs.LG]',
      '    topics: none.md',
      '    cutoffs: { relevance: 11, novelty: 6 }',
    ].join('\n');
    const loading = withFile(yaml, { PAPERBOY_HTTP: 'here', SLACK_APP_TOKEN: 'xapp-1' });
    await expect(loading).rejects.toThrow(
      /^9 settings need a change\.\nenvironment:\n {2}- [\s\S]*\n\S+paperboy\.yaml:\n/,
    );
    expect(await problems(loading)).toEqual([
      'SLACK_BOT_TOKEN is missing, but SLACK_APP_TOKEN is set; write the bot token, xoxb-…',
      'PAPERBOY_HTTP: "here" is not HOST:PORT; write an address such as 127.0.0.1:3210, or off',
      'schedule: "whenever" is not a schedule: it needs five parts: minute, hour, day of month, month, day of week; write a cron expression such as "0 9 * * 1-5" (line 1)',
      'scorer.modle is not known; did you mean "model"? (line 2)',
      'channels[0].categories is missing; write a list of arXiv categories, such as [cs.LG, cs.AI] (line 4)',
      'channels[0].post[0]: "slack:C01GEN" needs the environment variable SLACK_BOT_TOKEN; set it, or remove the destination (line 5)',
      'channels[0].catgories is not known; did you mean "categories"? (line 6)',
      `channels[0].topics: there is no file ${cwd}/config/none.md; create it, or write another path (line 7)`,
      'channels[0].cutoffs.relevance: 11 is too large; write a whole number from 1 to 10 (line 8)',
    ]);
  });

  it('are counted, with a singular for one', async () => {
    await expect(withFile(`color: red\nchannels:\n${channel()}`)).rejects.toThrow(/^One setting needs a change\.\n/);
  });
});
