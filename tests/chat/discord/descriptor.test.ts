import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = `
  import { createRequire } from 'node:module';
  import { platforms } from './src/chat/platforms.ts';
  import { createClock } from './src/core/clock.ts';
  import { Secret } from './src/core/secret.ts';
  const { cache } = createRequire(import.meta.url);
  const isLoaded = () => Object.keys(cache).some((path) => path.includes('/node_modules/discord.js/'));
  const before = isLoaded();
  const discord = platforms.find(({ name }) => name === 'discord');
  await discord.create({ token: new Secret('token') }, { clock: createClock(), commands: [] });
  console.log(JSON.stringify({ before, after: isLoaded() }));
`;

it('loads discord.js only if Discord is configured', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(JSON.parse(stdout)).toEqual({ before: false, after: true });
});
