import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../../config/load.ts';
import { platformOf } from '../../core/addresses.ts';
import type { Channel } from '../../core/channel.ts';
import { UserError } from '../../core/errors.ts';
import { nextTime } from '../../daily/schedule.ts';
import { writeFiles } from '../../setup/write-files.ts';

export type ActionsFlags = { cron?: string; package?: string; force: boolean };

type Parts = { cwd: string; now: Date; readConfig(): Promise<Config>; print(text: string): void };

const workflowPath = '.github/workflows/paperboy.yml';

/** Secrets that a run uses. It does not listen, so that it needs no token to do so. Steps that install packages get none. */
const secrets = ['SLACK_BOT_TOKEN', 'DISCORD_TOKEN', 'OPENAI_API_KEY', 'S2_API_KEY'];
/** Not secret, so that they can be read again on GitHub. */
const variables = ['OPENAI_BASE_URL'];

/** GitHub is busiest on the hour, and delays or drops what is scheduled then. */
const minutesOffTheHour = 17;
const quietMinutes = 7;
const week = 7;

/** Minutes of other times than :00, :15, :30 and :45 stay. */
const offTheHour = (minute: number): number => {
  if (minute % 15 !== 0) return minute;
  return minute === 0 ? minutesOffTheHour : minute + quietMinutes;
};

/** A channel's first scheduled time of each day in the next week, as cron in UTC. */
export const cronInUtc = ({ schedule, timezone }: Pick<Channel, 'schedule' | 'timezone'>, now: Date): string => {
  const end = now.getTime() + week * 86_400_000;
  const days = new Set<number>();
  let first: Date | undefined;
  for (let at = nextTime(schedule, timezone, now); at && at.getTime() <= end; at = nextTime(schedule, timezone, at)) {
    first ??= at;
    days.add(at.getUTCDay());
  }
  if (!first) return `${minutesOffTheHour} 7 * * 1-5`;
  return `${offTheHour(first.getUTCMinutes())} ${first.getUTCHours()} * * ${[...days].sort().join(',')}`;
};

const isClone = async (cwd: string): Promise<boolean> => {
  if (!existsSync(join(cwd, 'paperboy.mjs'))) return false;
  const text = await readFile(join(cwd, 'package.json'), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { name?: unknown }).name === 'paperboy';
};

/** How the workflow gets Paperboy, and its command. */
const programOf = async (given: string | undefined, cwd: string): Promise<{ install: string; paperboy: string }> => {
  if (given !== undefined && !/^[\w.@:/+~=?&%-]+$/.test(given))
    throw new UserError(`--package: "${given}" is no path or address of a tarball.`);
  if (given !== undefined)
    return { install: `npm install --global --no-audit --no-fund ${given}`, paperboy: 'paperboy' };
  if (await isClone(cwd))
    return { install: 'npm ci --omit=dev --workspaces=false --no-audit --no-fund', paperboy: 'node paperboy.mjs' };
  throw new UserError(
    'This folder is no clone of Paperboy. Name its tarball with --package: a path in this repository, or the address of a release.',
  );
};

/** Writes the workflow, and says what is left to do. @throws UserError if it is there already and differs. */
export const initActions = async (flags: ActionsFlags, { cwd, now, readConfig, print }: Parts): Promise<void> => {
  const path = join(cwd, workflowPath);
  const { install, paperboy } = await programOf(flags.package, cwd);
  const { channels, env } = await readConfig();
  const cron = flags.cron ?? (channels[0] ? cronInUtc(channels[0], now) : `${minutesOffTheHour} 7 * * 1-5`);
  if (env.database.kind !== 'sqlite')
    throw new UserError('DATABASE_URL names Postgres. The workflow keeps a SQLite file between its runs.');
  const used = [
    ...secrets.map((name) => `          ${name}: \${{ secrets.${name} }}`),
    ...variables.map((name) => `          ${name}: \${{ vars.${name} }}`),
  ];
  const template = await readFile(new URL('./actions.yaml', import.meta.url), 'utf8');
  const after = template
    .replace('{cron}', () => cron)
    .replace('{install}', () => install)
    .replaceAll('{paperboy}', () => paperboy)
    .replaceAll('{secrets}', () => used.join('\n'));
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before !== undefined && before !== after && !flags.force)
    throw new UserError(`${workflowPath} is there already and differs. Use --force to replace it.`);
  await writeFiles([{ path, shown: workflowPath, before, after, isSecret: false }]);

  const reaches = channels.some(({ post }) => post.some((one) => !['web', 'console'].includes(platformOf(one))));
  const lines = [
    `Wrote ${workflowPath}. It runs at ${cron} (UTC).`,
    '',
    'Next:',
    '1. Use a private repository. In a public one, everybody can read the logs and the settings.',
    '2. Set the key that encrypts the state, and keep a copy of it:',
    '     gh secret set PAPERBOY_STATE_KEY --body "$(openssl rand -hex 32)"',
    '3. Set the tokens that you use:',
    ...secrets.map((name) => `     gh secret set ${name}`),
    '4. Commit config/ and the workflow, but not .env.',
    '5. Run it once: gh workflow run paperboy.yml',
    '',
    'docs/actions.md explains the state, its copies, and the stop after 60 days in public repositories.',
    ...(reaches
      ? []
      : ['No channel posts to Slack or Discord, so nobody would see these digests. Change "post" in the config file.']),
    ...(existsSync(join(cwd, '.git'))
      ? []
      : ['This folder is no Git repository. GitHub reads workflows only at its top.']),
  ];
  print(lines.join('\n'));
};
