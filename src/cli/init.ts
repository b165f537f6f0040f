import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Variables } from '../../config/environment.ts';
import type { Config } from '../../config/load.ts';
import { cronFault } from '../../config/values.ts';
import { platforms } from '../chat/platforms.ts';
import { path } from './arguments.ts';
import type { ActionsFlags } from './init/actions.ts';
import type { InitFlags } from './init/session.ts';
import { createLogger } from './logging.ts';

type ActionsParts = { readConfig(): Promise<Config>; print(text: string): void };

type InitParts = {
  env: Variables;
  version: string;
  signal: AbortSignal;
  run(options: { channel: string; dryRun: boolean }): Promise<void>;
};

const count = (text: string): number => {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a number, such as 10.');
};

/** Describes the command `init`. Loads its questions only when it runs. */
export const describeInit = (init: Command, parts: InitParts): Command =>
  init
    .description('set up a channel step by step, with a preview, and write the config file, the topics file and .env')
    .option('--read <words>', 'what you want to read, in your own words')
    .option('--like <papers...>', 'arXiv links or ids of papers you like')
    .option('--categories <list>', 'arXiv categories, such as cs.LG,cs.CL (default: suggested)')
    .option('--papers-per-day <n>', 'maximum number of papers per day', count)
    .option('--channel <name>', 'channel to set up or change (default: the first)')
    .option('--timezone <zone>', 'time zone, such as Europe/Berlin (default: that of this machine)')
    .option('--schedule <cron>', 'when to post, as cron (default: on weekdays at 09:00)')
    .option('--model <name>', 'language model that scores the papers')
    .option('--model-url <url>', 'address of its server, including /v1 (default: OpenAI)')
    .option('--openai-key <key>', 'its API key (default: OPENAI_API_KEY)')
    .option('--slack <channel>', 'Slack channel to post to, by name or id')
    .option('--slack-bot-token <token>', 'default: SLACK_BOT_TOKEN')
    .option('--slack-app-token <token>', 'default: SLACK_APP_TOKEN')
    .option('--discord <channel>', 'Discord channel to post to, by name or id')
    .option('--discord-token <token>', 'default: DISCORD_TOKEN')
    .option('--admin <people...>', 'people who may change everything, such as slack:U01ALICE')
    .addOption(
      new Option(
        '--first <what>',
        'when to post the first digest: now, at its scheduled time (print also shows it now), or when npm start runs (none)',
      ).choices(['post', 'wait', 'print', 'none']),
    )
    .option('--yes', 'ask nothing: accept the defaults and write the files', false)
    .action(async (flags: InitFlags, command: Command) => {
      const { MissingFlags, runInit } = await import('./init/wizard.ts');
      const { stdin: input, stdout: output } = process;
      const canAsk = Boolean(input.isTTY && output.isTTY);
      const logger = createLogger({ level: 'silent', pretty: false });
      const around = { cwd: process.cwd(), platforms, logger, input, output, canAsk };
      process.exitCode = await runInit(flags, { ...parts, ...around }).catch((error: unknown) => {
        if (error instanceof MissingFlags) command.error(`error: ${error.message}`, { exitCode: 2 });
        throw error;
      });
    });

const cron = (text: string): string => {
  const fault = cronFault(text);
  if (fault === undefined) return text;
  throw new InvalidArgumentError(`${fault}.`);
};

/** Describes the command `init actions`. */
export const describeActions = (init: Command, parts: ActionsParts): Command =>
  init
    .command('actions')
    .description('write a GitHub workflow that runs Paperboy every day, without a server (docs/actions.md)')
    .option('--cron <cron>', "when it runs, in UTC (default: the first channel's schedule, off the hour)", cron)
    .option('--package <tarball>', 'path or address of the tarball to install (default: this clone)', path)
    .option('--force', 'replace a workflow that was changed', false)
    .action(async (flags: ActionsFlags) => {
      const { initActions } = await import('./init/actions.ts');
      await initActions(flags, { cwd: process.cwd(), now: new Date(), ...parts });
    });
