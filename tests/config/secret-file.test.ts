import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment, secretsOf } from '../../config/environment.ts';
import { platforms } from '../../src/chat/platforms.ts';
import type { PlatformDescriptor } from '../../src/core/platform.ts';
import { readPresent } from '../../src/setup/files.ts';
import { cwd, problems, withFile } from './helpers.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-secrets-'));
  await writeFile(join(folder, 'bot'), '  xoxb-from-a-file\n');
  await writeFile(join(folder, 'windows'), Buffer.from('\ufeffsk-from-a-file\r\n', 'utf16le'));
  await writeFile(join(folder, 'empty'), ' \n');
  await writeFile(join(folder, 'lines'), 'hush-hush-1\nhush-hush-2\n');
  await writeFile(join(folder, 'binary'), Buffer.from([104, 117, 115, 104, 0, 255, 1]));
  await writeFile(join(folder, 'large'), 'hush'.repeat(20_000));
  await mkdir(join(folder, 'folder'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = (variables: Record<string, string>, among: readonly PlatformDescriptor[] = platforms) =>
  readEnvironment(variables, folder, among);

describe('a secret in a file', () => {
  it('is read without the whitespace around it, from a path that may be relative', () => {
    const { environment, problems, secrets } = read({
      ...{ SLACK_BOT_TOKEN_FILE: 'bot', SLACK_APP_TOKEN: 'xapp-1' },
      OPENAI_API_KEY_FILE: join(folder, 'windows'),
    });
    expect(problems).toEqual([]);
    expect(secretsOf(environment).map((secret) => secret.reveal())).toEqual([
      'xoxb-from-a-file',
      'xapp-1',
      'sk-from-a-file',
    ]);
    expect([...secrets].map(([name, { file }]) => [name, file])).toEqual([
      ['SLACK_BOT_TOKEN', join(folder, 'bot')],
      ['SLACK_APP_TOKEN', undefined],
      ['OPENAI_API_KEY', join(folder, 'windows')],
    ]);
  });

  it.each(['DISCORD_TOKEN', 'S2_API_KEY', 'PAPERBOY_WEB_SECRET', 'HTTPS_PROXY', 'HTTP_PROXY', 'SLACK_SIGNING_SECRET'])(
    'may be %s',
    (name) => {
      const more: Record<string, string> = name === 'SLACK_SIGNING_SECRET' ? { SLACK_BOT_TOKEN: 'xoxb-1' } : {};
      const { environment, problems } = read({ ...more, [`${name}_FILE`]: 'bot' });
      expect(problems).toEqual([]);
      expect(secretsOf(environment).some((secret) => secret.reveal().endsWith('xoxb-from-a-file'))).toBe(true);
    },
  );

  it('may be any that a platform reads as a secret', () => {
    const descriptor = {
      ...{ name: 'post', label: 'Post', example: 'post:1', variables: {} },
      readEnvironment: ({ secret }) => ({ token: secret('POST_TOKEN_2') }),
    } as Partial<PlatformDescriptor> as PlatformDescriptor;
    const { environment } = read({ POST_TOKEN_2_FILE: 'bot' }, [descriptor]);
    expect(secretsOf(environment).map((secret) => secret.reveal())).toEqual(['xoxb-from-a-file']);
  });

  it.each([
    [{ SLACK_BOT_TOKEN_FILE: 'none' }, /^SLACK_BOT_TOKEN_FILE: there is no file .*\/none; create it, or write another/],
    [{ SLACK_BOT_TOKEN_FILE: 'empty' }, /^SLACK_BOT_TOKEN_FILE: .*\/empty is empty; write the secret into it$/],
    [{ S2_API_KEY_FILE: 'lines' }, /^S2_API_KEY_FILE: .*\/lines has several lines; leave only the secret in it$/],
    [{ DISCORD_TOKEN_FILE: 'folder' }, /^DISCORD_TOKEN_FILE: .*\/folder is not a file; write another path$/],
    [{ DISCORD_TOKEN_FILE: 'binary' }, /^DISCORD_TOKEN_FILE: .*\/binary is not text in UTF-8 or UTF-16; save it as/],
    [{ HTTPS_PROXY_FILE: 'large' }, /^HTTPS_PROXY_FILE: .*\/large is too large for a secret; write another path$/],
    [{ DISCORD_TOKEN_FILE: 'bot/x' }, /^DISCORD_TOKEN_FILE: .*\/bot\/x cannot be read \(ENOTDIR.*\); fix that, or/],
    [
      { SLACK_BOT_TOKEN_FILE: 'bot', SLACK_BOT_TOKEN: 'hush-hush-3' },
      /^SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set; keep one$/,
    ],
    [
      { HTTPS_PROXY_FILE: 'bot', https_proxy: 'http://hush' },
      /^HTTPS_PROXY and HTTPS_PROXY_FILE are both set; keep one$/,
    ],
    [{ PAPERBOY_CONFIG_FILE: 'bot' }, /^PAPERBOY_CONFIG_FILE is not known; did you mean "PAPERBOY_CONFIG"\?$/],
  ])('is one problem that never shows it: %j', (variables, expected) => {
    const { problems } = read(variables as Record<string, string>);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems.join()).not.toContain('hush-');
  });

  it('that cannot be read is not reported as missing too', async () => {
    const yaml = 'channels:\n  - { name: one, post: ["slack:C01GEN"], categories: [cs.LG], topics: topics.md }\n';
    const env = { SLACK_BOT_TOKEN_FILE: 'none', SLACK_APP_TOKEN: 'xapp-1' };
    expect(await problems(withFile(yaml, env))).toEqual([
      `SLACK_BOT_TOKEN_FILE: there is no file ${join(cwd, 'none')}; create it, or write another path`,
    ]);
  });

  it('is known to init, which need not ask for it', async () => {
    const present = await readPresent({ env: { SLACK_BOT_TOKEN_FILE: 'bot' }, cwd: folder, platforms });
    expect(present.variables.SLACK_BOT_TOKEN).toBe('xoxb-from-a-file');
  });
});
