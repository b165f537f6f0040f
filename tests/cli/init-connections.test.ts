import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closedAddress } from '../end-to-end/harness.ts';
import { type DiscordServer, startDiscordServer } from '../fakes/discord-server.ts';
import { type LocalSlack, localSlackAvailable, startLocalSlack } from '../fakes/local-slack.ts';
import { startFakeOpenAi } from '../fakes/openai.ts';
import { startSlackApi } from '../fakes/slack-api.ts';
import { answerReading, keys, useFolder } from './init-terminal.ts';

const { enter, down, cancel, erase } = keys;
const { at, read, init } = useFolder();

describe('a language model', () => {
  it('is accepted once it scored a paper; a wrong address is asked again', async () => {
    const model = await startFakeOpenAi({ verdict: () => ({ relevance: 8, novelty: 7, comment: 'Gears.' }) });
    try {
      const person = init();
      await answerReading(person);
      await person.answer(/Should a language model/, down, down, enter);
      await person.answer(/Address of the server/, 'nowhere', enter);
      const wrong = await closedAddress();
      await person.answer(/Write an address such as/, ...Array(7).fill(erase), `${wrong}/v1`, enter);
      await person.answer(/API key/, enter);
      await person.answer(/Name of the model/, enter);
      await person.answer(/cannot be reached[\s\S]*Should a language model/, down, down, enter);
      await person.answer(/Address of the server/, model.url, enter);
      await person.answer(/API key/, 'sk-secret-key', enter);
      await person.answer(/Name of the model/, enter);
      await person.answer(/gpt-4o-mini gave .* relevance 8, novelty 7[\s\S]*costs about \$/);
      await person.answer(/Where should the digests go/, enter);
      await person.answer(/Change something/, enter);
      await person.answer(/The first digest/, enter);
      expect(await person.ended).toBe(0);
      expect(await read('.env')).toContain(`OPENAI_BASE_URL=${model.url}\nOPENAI_API_KEY=sk-secret-key\n`);
      expect(await read('config/paperboy.yaml')).toContain('model: gpt-4o-mini');
      expect(person.text()).not.toContain('sk-secret-key');
    } finally {
      await model.close();
    }
  });
});

describe('Slack with the scopes of the manifest', () => {
  it('waits for the invitation to a channel, and asks for the member id', async () => {
    let isInvited = false;
    const slack = await startSlackApi(({ method }) => {
      if (method === 'apps.connections.open') return { body: { ok: true, url: 'ws://127.0.0.1:9' } };
      const channel = { id: 'C01GEN', name: 'general', is_member: isInvited };
      if (method === 'conversations.list') return { body: { ok: true, channels: [channel] } };
      if (method === 'auth.test') return undefined;
      return { body: { ok: false, error: 'missing_scope', needed: 'more' } };
    });
    try {
      const tokens = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };
      const person = init({ SLACK_API_URL: slack.apiUrl, ...tokens });
      await answerReading(person);
      await person.answer(/Should a language model/, enter);
      await person.answer(/Where should the digests go/, down, enter);
      await person.answer(/Which channel gets/, enter);
      await person.answer(/type \/invite @paperboy[\s\S]*When that is done/, enter);
      await person.answer(/type \/invite @paperboy/);
      isInvited = true;
      await person.answer(/When that is done/, enter);
      await person.answer(/Your id in Slack/, 'alice', enter);
      await person.answer(
        /This is not an id\. In Slack, click your picture/,
        ...Array(5).fill(erase),
        'U01ALICE',
        enter,
      );
      await person.answer(/Change something/, enter);
      await person.answer(/The first digest/, enter);
      expect(await person.ended).toBe(0);
      const config = await read('config/paperboy.yaml');
      expect(config).toContain('post: [slack:C01GEN, web]');
      expect(config).toContain('admins: [slack:U01ALICE]');
      // Tokens of the environment are not copied.
      expect(await readdir(at.folder)).not.toContain('.env');
    } finally {
      await slack.close();
    }
  });
});

describe.runIf(localSlackAvailable())('Slack', () => {
  let slack: LocalSlack;
  beforeAll(async () => {
    slack = await startLocalSlack();
  });
  afterAll(() => slack.close());

  it('is connected with two tokens, a channel and an admin', async () => {
    const person = init({ SLACK_API_URL: slack.apiUrl });
    await answerReading(person);
    await person.answer(/Should a language model/, enter);
    await person.answer(/Where should the digests go/, down, enter);
    await person.answer(/manifest_json=[\s\S]*App-level token/, slack.botToken, enter);
    await person.answer(/This is the bot token/, slack.appToken, enter);
    await person.answer(/accepted[\s\S]*Bot token/, slack.botToken, enter);
    await person.answer(/Which channel gets/, down, enter);
    await person.answer(/Who are you in Slack/, enter);
    await person.answer(/Posts: #papers on Slack, web[\s\S]*Change something/, enter);
    await person.answer(/The first digest/, enter);
    expect(await person.ended).toBe(0);
    const config = await read('config/paperboy.yaml');
    expect(config).toContain('post: [slack:C02PAPERS, web]');
    expect(config).toContain('admins: [slack:U01ALICE]');
    expect(await read('.env')).toContain(`SLACK_APP_TOKEN=${slack.appToken}\nSLACK_BOT_TOKEN=${slack.botToken}\n`);
    expect((await stat(join(at.folder, '.env'))).mode & 0o777).toBe(0o600);
    expect(person.text()).not.toContain(slack.botToken);
  });

  it('can be skipped after a wrong token', async () => {
    const person = init({ SLACK_API_URL: `${await closedAddress()}/api/` });
    await answerReading(person);
    await person.answer(/Should a language model/, enter);
    await person.answer(/Where should the digests go/, down, enter);
    await person.answer(/App-level token/, 'xapp-1', enter);
    await person.answer(/Cannot reach Slack/, enter);
    await person.answer(/Change something/, cancel);
    expect(await person.ended).toBe(1);
  });
});

describe('Discord', () => {
  it('is skipped by Enter, and says so', async () => {
    const person = init();
    await answerReading(person);
    await person.answer(/Should a language model/, enter);
    await person.answer(/Where should the digests go/, down, down, enter);
    await person.answer(/Bot token, or Enter to skip Discord/, enter);
    await person.answer(/Discord is skipped\. You can still connect it[\s\S]*Change something/, cancel);
    expect(await person.ended).toBe(1);
  });

  let discord: DiscordServer;
  beforeAll(async () => {
    discord = await startDiscordServer();
  });
  afterAll(() => discord.close());

  it('is connected with a token, a channel and an admin', async () => {
    const person = init({ DISCORD_API_URL: discord.apiUrl });
    await answerReading(person);
    await person.answer(/Should a language model/, enter);
    await person.answer(/Where should the digests go/, down, down, enter);
    await person.answer(/discord\.com\/developers[\s\S]*Bot token/, 'wrong', enter);
    await person.answer(/rejects the token/, discord.token, enter);
    await person.answer(/Which channel gets/, enter);
    await person.answer(/Who are you in Discord/, enter);
    await person.answer(/Posts: #general in Reading Group on Discord, web[\s\S]*Change something/, enter);
    await person.answer(/The first digest/, enter);
    expect(await person.ended).toBe(0);
    const config = await read('config/paperboy.yaml');
    expect(config).toContain(`post: [discord:${discord.state.general}, web]`);
    expect(config).toContain(`admins: [discord:${discord.state.people.alice}]`);
  });
});
