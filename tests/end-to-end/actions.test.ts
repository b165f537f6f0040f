import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { type FakePaper, startFakeArxiv } from '../fakes/arxiv.ts';
import { initActions, startGithub } from '../fakes/github.ts';
import { localSlackAvailable } from '../fakes/local-slack.ts';
import { hasProgram } from '../fakes/programs.ts';
import { chatNames, chats, type Open } from './chats.ts';
import { configOf, toArxiv } from './harness.ts';
import { startModel } from './model.ts';

const dates = ['2025-07-07', '2025-07-08', '2025-07-09'] as const;
type Day = (typeof dates)[number];

const idsOf = (date: string): string[] => [1, 2].map((number) => `2507.${date.slice(-2)}00${number}`);

const papersOf = (date: string): FakePaper[] =>
  idsOf(date).map((id) => ({
    ...{ id, title: `Gears of ${id}`, authors: ['Ada First'], categories: ['cs.LG'] },
    abstract: `We study the gear trains of ${id}.`,
  }));

const key = 'a long key that only the test has';

describe.skipIf(!hasProgram('gpg')).each(chatNames)('the GitHub workflow, with %s', (name) => {
  const setUp = async ({ onTestFinished, skip }: TestContext) => {
    if (name === 'slack' && !localSlackAvailable()) skip();
    const opened: Open = (one) => {
      onTestFinished(() => one.close());
      return one;
    };
    const days = Object.fromEntries(dates.map((date) => [date, papersOf(date)]));
    const arxiv = opened(await startFakeArxiv({ days }));
    const model = opened(await startModel((id) => ({ relevance: 9, novelty: 8, comment: `About gears, says ${id}.` })));
    const chat = await chats[name](opened, {});
    const github = opened(startGithub());
    mkdirSync(join(github.repository, 'config'));
    writeFileSync(join(github.repository, 'config', 'topics.md'), '# Gears\n\n- Relevant: gears, gear trains.\n');
    writeFileSync(join(github.repository, 'config', 'paperboy.yaml'), configOf({ post: [chat.destination] }));
    const env: Record<string, string> = { ...toArxiv(arxiv), ...chat.env, ...model.env };
    initActions(github, env);
    const { SLACK_BOT_TOKEN, DISCORD_TOKEN, OPENAI_API_KEY, OPENAI_BASE_URL, ...machine } = env;
    const run = (date: Day, { fresh = false, stateKey = key } = {}) => {
      arxiv.setDate(date);
      return github.run(
        { ...machine, PAPERBOY_NOW: `${date}T13:00:00Z`, PAPERBOY_HTTP: 'off' },
        {
          fresh,
          secrets: { SLACK_BOT_TOKEN, DISCORD_TOKEN, OPENAI_API_KEY, PAPERBOY_STATE_KEY: stateKey },
          vars: { OPENAI_BASE_URL },
        },
      );
    };
    return { github, chat, run };
  };

  /** Each case is tested on one platform; on the other, it is a proof. */
  const proofOn = (platform: typeof name): { tags: 'proof'[] } => ({ tags: name === platform ? ['proof'] : [] });

  it('carries the state from run to run, encrypted, and posts nothing twice', proofOn('discord'), async (context) => {
    const { github, chat, run } = await setUp(context);
    const first = await run(dates[0]);
    expect(first, first.log).toMatchObject({ conclusion: 'success' });
    expect(await chat.threads()).toEqual([idsOf(dates[0])]);
    expect([github.caches(), github.artifacts()]).toEqual([['paperboy-state-1-1'], ['state.gpg']]);
    const state = readFileSync(join(github.workspace(), 'state.gpg'), 'latin1');
    for (const text of ['SQLite format', 'Gears of']) expect(state).not.toContain(text);

    const second = await run(dates[0]);
    expect(second, second.log).toMatchObject({ conclusion: 'success' });
    expect(await chat.threads()).toEqual([idsOf(dates[0])]);

    expect(await run(dates[1])).toMatchObject({ conclusion: 'success' });
    expect(await chat.threads()).toEqual(dates.slice(0, 2).map(idsOf));
    expect(github.caches()).toEqual(['paperboy-state-3-1', 'paperboy-state-2-1', 'paperboy-state-1-1']);
  });

  it('goes on from the weekly copy if the cache is lost', proofOn('slack'), async (context) => {
    const { github, chat, run } = await setUp(context);
    await run(dates[0]);
    expect((await run(dates[1])).conclusion).toBe('success');
    github.loseCache();
    const { conclusion, log } = await run(dates[1]);
    expect(conclusion, log).toBe('success');
    expect(log).toContain('the weekly copy is used');
    expect(await chat.threads()).toEqual(dates.slice(0, 2).map(idsOf));
  });

  it(
    'refuses to post if the state is lost, and repeats nothing after a fresh start',
    proofOn('discord'),
    async (context) => {
      const { github, chat, run } = await setUp(context);
      await run(dates[0]);
      github.loseCache();
      github.loseArtifact();
      for (const date of [dates[0], dates[1]]) {
        const { conclusion, log } = await run(date);
        expect(conclusion, log).toBe('failure');
        expect(log).toContain('The database has no digest, but gears has posted to');
        expect(log).toContain('::error::The state is lost, and nothing was posted.');
      }
      expect(await chat.threads()).toEqual([idsOf(dates[0])]);
      expect([github.caches(), github.artifacts()]).toEqual([[], []]);

      const fresh = await run(dates[0], { fresh: true });
      expect(fresh, fresh.log).toMatchObject({ conclusion: 'success' });
      expect(await chat.threads()).toEqual([idsOf(dates[0])]);
      expect((await run(dates[1])).conclusion).toBe('success');
      expect(await chat.threads()).toEqual(dates.slice(0, 2).map(idsOf));
    },
  );

  it('posts nothing without the right key, and keeps the state', proofOn('slack'), async (context) => {
    const { github, chat, run } = await setUp(context);
    await run(dates[0]);
    for (const [other, reason] of [
      ['another key that is wrong', 'decryption failed'],
      ['', '::error::Set the repository secret PAPERBOY_STATE_KEY'],
    ] as const) {
      const { conclusion, log } = await run(dates[1], { stateKey: other });
      expect(conclusion, log).toBe('failure');
      expect(log).toContain(reason);
    }
    expect(await chat.threads()).toEqual([idsOf(dates[0])]);
    expect(github.caches()).toEqual(['paperboy-state-1-1']);
    expect((await run(dates[1])).conclusion).toBe('success');
  });

  it('warns about a public repository, and replaces a copy that is a week old', proofOn('slack'), async (context) => {
    const { github, run } = await setUp(context);
    const before = await run(dates[0]);
    expect(before.log).not.toContain('::warning::');
    github.ageArtifact(3);
    await run(dates[0]);
    const copy = (): string => readFileSync(join(github.workspace(), '..', 'artifact', 'run'), 'utf8').trim();
    expect(copy()).toBe('1');
    github.ageArtifact(7);
    github.setPublic();
    expect((await run(dates[1])).log).toContain('::warning::This repository is public');
    expect(copy()).toBe('3');
  });
});
