import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { checkSecrets } from '../../src/cli/secret-checks.ts';
import { createRubric } from '../../src/scoring/rubric.ts';

let folder: string;
let dotenv: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-env-'));
  dotenv = join(folder, '.env');
  await writeFile(join(folder, 'key'), 'sk-hush-hush\n', { mode: 0o644 });
  await writeFile(dotenv, 'SLACK_BOT_TOKEN=xoxb-1\nSLACK_APP_TOKEN=xapp-1\nS2_API_KEY=s2\nOPENAI_API_KEY_FILE=key\n');
});
afterAll(() => rm(folder, { recursive: true }));

const check = async (mode: number, env: Record<string, string> = {}) => {
  await chmod(dotenv, mode);
  return checkSecrets(await loadConfig({ env, cwd: folder, createRubric, platforms }));
};

describe('the check of the secrets', () => {
  it('shows where each comes from', async () => {
    const [secrets, ...others] = await check(0o600, { S2_API_KEY: 'mine' });
    expect(secrets).toEqual({
      ...{ name: 'secrets', ok: true },
      detail: `SLACK_BOT_TOKEN and SLACK_APP_TOKEN from ${dotenv}; OPENAI_API_KEY from ${join(folder, 'key')}; S2_API_KEY from the environment`,
    });
    expect(others).toEqual([]);
  });

  it('advises to close a .env that others can read', async () => {
    expect((await check(0o644)).slice(1)).toEqual([
      {
        ...{ name: '.env', ok: true },
        detail: `other users of this machine can read it (mode 644); run chmod 600 ${dotenv}`,
      },
    ]);
    expect(await check(0o640)).toHaveLength(1);
  });

  it('is silent without secrets, and about a .env without any', async () => {
    expect(checkSecrets(await loadConfig({ env: {}, cwd: tmpdir(), createRubric, platforms }))).toEqual([]);
    const all = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', S2_API_KEY: 's2' };
    expect(await check(0o644, all)).toHaveLength(1);
  });
});
