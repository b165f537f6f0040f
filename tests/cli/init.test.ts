import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { closedAddress } from '../end-to-end/harness.ts';
import { startDiscordServer } from '../fakes/discord-server.ts';
import { startFakeOpenAi } from '../fakes/openai.ts';
import { answerReading, keys, useFolder } from './init-terminal.ts';

const { enter, down, cancel, erase } = keys;
const { at, read, init } = useFolder();

describe('a new user', () => {
  it('gets a digest on the web page from a few words', async () => {
    const person = init();
    await person.answer(/What do you want to read/, 'gear trains, not surveys', enter, enter);
    await person.answer(/arXiv categories \(from what arXiv finds/, enter);
    await person.answer(/Name of this channel/, enter);
    await person.answer(/Is this what you want to read/, down, down, enter);
    await person.answer(/Papers per day/, erase, erase, '3', enter);
    await person.answer(/Is this what you want to read/, enter);
    await person.answer(/Should a language model/, enter);
    await person.answer(/Where should the digests go/, enter);
    await person.answer(/Change something/, enter);
    expect(person.text()).toContain('Understood as not wanted\n\n• surveys');
    expect(person.text()).toContain('post at most 3 papers a day');
    expect(person.text()).toMatch(/Preview of Tuesday, 8 July 2025/);
    await person.answer(/The first digest/, down, enter);
    expect(await person.ended).toBe(0);
    expect(person.runs).toEqual([{ channel: 'gear-trains', dryRun: false }]);
    expect(await read('config/topics/gear-trains.md')).toBe('# What we read\n\ngear trains, not surveys\n');
    expect(await read('config/paperboy.yaml')).toContain('    papersPerDay: 3\n');
    expect(await readdir(at.folder)).toEqual(['config', 'data']);
    expect(person.text()).toMatch(/Type npm start, then open http:\/\/127\.0\.0\.1:3210/);
  });

  it('can name papers instead of words, and correct a category', async () => {
    const person = init();
    await person.answer(/What do you want/, 'https://arxiv.org/abs/2507.00001', enter, '2507.99999', enter, enter);
    await person.answer(
      /2507\.99999 is left out: arXiv has no paper[\s\S]*from the papers you like/,
      ', cs.LQG',
      enter,
    );
    await person.answer(/"cs\.LQG" is not an arXiv category; did you mean "cs\.LG"/, ...Array(8).fill(erase), enter);
    await person.answer(/Name of this channel/, enter);
    await person.answer(/Is this what you want to read/, cancel);
    expect(await person.ended).toBe(1);
    expect(person.text()).toContain('• Gears of kind 1');
    expect(person.text()).toContain('It will read cs.LG and post');
  });

  it('sees the sample without a network, and gets there', async () => {
    const url = await closedAddress();
    const person = init({ ARXIV_RSS_URL: url, ARXIV_WEB_URL: url, ARXIV_API_URL: url });
    await person.answer(/What do you want/, 'robotics', enter, enter);
    await person.answer(/arXiv categories \(from the names/, enter);
    await person.answer(/Name of this channel/, enter);
    await person.answer(/could not be read: .*[\s\S]*These papers are invented[\s\S]*Is this what/, enter);
    await person.answer(/Should a language model/, enter);
    await person.answer(/Where should the digests go/, enter);
    await person.answer(/Change something/, enter);
    await person.answer(/The first digest/, enter);
    expect(await person.ended).toBe(0);
    expect(person.runs).toEqual([]);
    expect(person.text()).toMatch(/npm start posts the first digest at once; later ones on weekdays at 09:00 \(/);
    expect(await read('config/paperboy.yaml')).toContain('categories: [cs.RO');
  });

  it('keeps the first digest for its scheduled time after printing it', async () => {
    const person = init({}, { yes: true, read: 'gear trains', channel: 'gears', first: 'print' });
    expect(await person.ended).toBe(0);
    expect(person.runs).toEqual([{ channel: 'gears', dryRun: true }]);
    expect(person.text()).toContain(
      'npm start posts the first digest at the next scheduled time: on weekdays at 09:00 (',
    );
    const stores = openStores(join(at.folder, 'data', 'paperboy.db'));
    expect(await stores.changes.list('gears', 'postpone')).toHaveLength(1);
    stores.close();
  });

  it('finds the list of all categories if none fits the words', async () => {
    const person = init();
    await person.answer(/What do you want/, 'xyzzy', enter, enter);
    await person.answer(/No category fits these words\. All are at https:\S+[\s\S]*arXiv categories/, enter);
    await person.answer(/Enter at least one arXiv category/, 'cs.LG', enter);
    await person.answer(/Name of this channel/, cancel);
    expect(await person.ended).toBe(1);
  });

  it('can cancel at any time, and nothing is written', async () => {
    const person = init();
    await answerReading(person);
    await person.answer(/Should a language model/, cancel);
    expect(await person.ended).toBe(1);
    expect(person.text()).toContain('Cancelled. Nothing was written.');
    expect(await readdir(at.folder)).toEqual([]);
  });

  it('can stop it while it reads', async () => {
    const person = init();
    await person.answer(/What do you want/, 'gears', enter, enter);
    await person.answer(/arXiv categories/);
    person.stop();
    expect(await person.ended).toBe(1);
    expect(await readdir(at.folder)).toEqual([]);
  });
});

describe('a second time', () => {
  const config = `# ours
channels:
  - name: gears   # the first
    post: [web]
    categories: [cs.LG, cs.AI]
    topics: topics.md
`;
  beforeEach(async () => {
    await mkdir(join(at.folder, 'config'));
    await writeFile(join(at.folder, 'config', 'paperboy.yaml'), config);
    await writeFile(join(at.folder, 'config', 'topics.md'), '# Gears\n\n- gear trains\n');
  });

  it('shows what is set, and changes one thing', async () => {
    const person = init();
    await person.answer(/Channel: gears\n[\s\S]*cs\.LG, cs\.AI, at most 10 papers a day[\s\S]*Change something/);
    await person.answer(/^/, down, down, down, enter);
    await person.answer(/Papers per day/, erase, erase, '4', enter);
    await person.answer(/Change something/, enter);
    await person.answer(/paperboy\.yaml changes\n[\s\S]*\+ {5}papersPerDay: 4\n[\s\S]*Change something/, enter);
    await person.answer(/The first digest/, enter);
    expect(await person.ended).toBe(0);
    expect(await read('config/paperboy.yaml')).toBe(`${config}    papersPerDay: 4\n    top: 4\n`);
  });

  it('writes nothing if nothing changes', async () => {
    const person = init();
    await person.answer(/Change something/, enter);
    expect(await person.ended).toBe(0);
    expect(person.text()).toContain('nothing needs to be written');
    expect(await read('config/paperboy.yaml')).toBe(config);
  });

  it('names the problems of a config file that it cannot read', async () => {
    await writeFile(join(at.folder, 'config', 'paperboy.yaml'), config.replace('cs.AI', 'cs.AII'));
    await expect(init().ended).rejects.toThrow(/has problems:\n {2}- channels\[0\]\.categories\[1\].*cs\.AII/);
  });

  it('keeps the rest of .env, which others can no longer read', async () => {
    const model = await startFakeOpenAi({ verdict: () => ({ relevance: 8, novelty: 7, comment: 'Gears.' }) });
    try {
      await writeFile(join(at.folder, '.env'), '# mine\nS2_API_KEY=abc\n');
      await chmod(join(at.folder, '.env'), 0o644);
      const person = init({}, { yes: true, modelUrl: model.url, openaiKey: 'sk-1' });
      expect(await person.ended).toBe(0);
      expect(await read('.env')).toBe(`# mine\nS2_API_KEY=abc\nOPENAI_BASE_URL=${model.url}\nOPENAI_API_KEY=sk-1\n`);
      expect((await stat(join(at.folder, '.env'))).mode & 0o777).toBe(0o600);
    } finally {
      await model.close();
    }
  });

  it('replaces the channel of a platform, and asks again if another one has it', async () => {
    const both = `${config.replace('[web]', '[console, discord:200000000000000001]')}  - name: worms
    post: [discord:200000000000000002]
    categories: [cs.RO]
    topics: topics.md
`;
    await writeFile(join(at.folder, 'config', 'paperboy.yaml'), both);
    const discord = await startDiscordServer();
    try {
      const person = init({ DISCORD_API_URL: discord.apiUrl, DISCORD_TOKEN: discord.token });
      await person.answer(/Change something/, ...Array(7).fill(down), enter);
      await person.answer(/Which channel gets/, down, enter);
      await person.answer(/Who are you in Discord/, down, down, enter);
      await person.answer(/Change something/, enter);
      await person.answer(/belongs to one channel[\s\S]*Change something/, ...Array(7).fill(down), enter);
      await person.answer(/Which channel gets/, enter);
      await person.answer(/Who are you in Discord/, down, down, enter);
      expect(await person.ended).toBe(0);
      expect(person.text()).toContain('nothing needs to be written');
      await rm(join(at.folder, 'config', 'paperboy.yaml'));
      await writeFile(join(at.folder, 'config', 'paperboy.yaml'), both.replace('000000002]', '000000003]'));
      const again = init(
        { DISCORD_API_URL: discord.apiUrl, DISCORD_TOKEN: discord.token },
        { yes: true, discord: 'papers' },
      );
      expect(await again.ended).toBe(0);
      expect(await read('config/paperboy.yaml')).toContain('post: [console, discord:200000000000000002]');
    } finally {
      await discord.close();
    }
  });

  it('says that files were written if the last question is cancelled', async () => {
    const person = init();
    await person.answer(/Change something/, down, down, down, enter);
    await person.answer(/Papers per day/, erase, erase, '4', enter);
    await person.answer(/Change something/, enter);
    await person.answer(/paperboy\.yaml changes[\s\S]*Change something/, enter);
    await person.answer(/The first digest/, cancel);
    expect(await person.ended).toBe(0);
    expect(person.text()).toMatch(/Written: config\/paperboy\.yaml/);
    expect(person.text()).not.toContain('Nothing was written');
  });

  it('works although a token of the config file is missing', async () => {
    await writeFile(
      join(at.folder, 'config', 'paperboy.yaml'),
      config.replace('[web]', '[web, discord:200000000000000001]'),
    );
    const discord = await startDiscordServer();
    try {
      const person = init(
        { DISCORD_API_URL: discord.apiUrl },
        {
          ...{ yes: true, discord: 'general', discordToken: discord.token },
        },
      );
      expect(await person.ended).toBe(0);
      expect(await read('.env')).toContain(`DISCORD_TOKEN=${discord.token}`);
    } finally {
      await discord.close();
    }
  });
});
