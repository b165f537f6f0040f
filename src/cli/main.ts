import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { secretsOf, type Variables } from '../../config/environment.ts';
import { type Config, loadConfig } from '../../config/load.ts';
import { evalEngines } from '../../tools/evaluation/rankers.ts';
import type { App } from '../app.ts';
import { renderAnswer } from '../chat/kit/text.ts';
import { platforms } from '../chat/platforms.ts';
import type { Channel } from '../core/channel.ts';
import { atMost } from '../core/clock.ts';
import { ExternalError, errorText, systemFault, UserError } from '../core/errors.ts';
import { withoutControls } from '../core/folding.ts';
import type { Logger } from '../core/logger.ts';
import { countOf } from '../core/paper.ts';
import { useProxies } from '../core/proxy.ts';
import { concealSecrets } from '../core/secret.ts';
import { createRubric } from '../scoring/rubric.ts';
import { atLeastOne, date, days, path } from './arguments.ts';
import { addBackupCommands } from './backup.ts';
import { refuseChatCommand } from './chat-commands.ts';
import type { EvalRequest } from './eval.ts';
import { exits } from './exits.ts';
import { describeActions, describeInit } from './init.ts';
import { createLogger } from './logging.ts';
import { addPostgresCommands } from './postgres.ts';
import { createBatchNotice, createProgress, createWaitNotice } from './report.ts';
import { type Turn, withRestarts } from './restarts.ts';
import { addRunCommands } from './run.ts';
import { addServiceCommands } from './service.ts';
import { graceMs, handleSignals, overdue, stopSignal } from './signals.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
  version: string;
};

// A reader such as `head` may close the stream early; work continues.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const print = (text: string): void => {
  // Texts of papers and remotes must not steer the terminal.
  process.stdout.write(withoutControls(text.endsWith('\n') ? text : `${text}\n`));
};

let logger: Logger | undefined;

type Mode = {
  consoleTo?: NodeJS.WriteStream;
  listens?: boolean;
  /** True if a signal is the normal way to end the work and not a failure. */
  endsBySignal?: boolean;
  /** True to ask arXiv once, and to exit although remotes have not answered. */
  isBrief?: boolean;
  turn?: Turn;
};

let isBrief = false;

const surroundings = { env: process.env, cwd: process.cwd(), platforms };

const readConfig = (env: Variables = process.env): Promise<Config> =>
  loadConfig({ ...surroundings, env, createRubric });

/**
 * Sets everything up, does the work, and closes everything, even if the work fails. Loads most of the program only
 * here, which makes help and usage errors three times as fast.
 */
const withApp = async (mode: Mode, work: (app: App, config: Config) => Promise<number>): Promise<void> => {
  isBrief = mode.isBrief ?? false;
  const config = await readConfig();
  const secrets = secretsOf(config.env);
  // No remote is sent the secret of the web page, which may be ordinary words.
  concealSecrets(secrets.filter((secret) => secret !== config.env.webSecret));
  logger = createLogger({ level: 'info', pretty: process.stderr.isTTY ?? false, secrets });
  const { proxies } = config.env;
  if (proxies) {
    useProxies({ http: proxies.http?.reveal(), https: proxies.https?.reveal(), except: proxies.except });
    logger.info({}, 'using the proxy in HTTPS_PROXY or HTTP_PROXY');
  }
  const { createApp } = await import('../app.ts');
  const app = await createApp(config, {
    ...{ logger, version, platforms },
    output: mode.consoleTo ?? process.stdout,
    input: mode.listens && process.stdin.isTTY ? process.stdin : undefined,
    onProgress: createProgress(process.stderr),
    ...(!mode.listens && {
      onWait: createWaitNotice(process.stderr),
      onBatch: createBatchNotice(process.stderr),
    }),
    progress: process.stderr,
    listens: mode.endsBySignal ?? false,
    signal: mode.turn?.signal ?? stopSignal,
    ...(mode.turn && { setUp: mode.turn.setUp }),
    ...(isBrief && { arxivLimits: { maxAttempts: 1, timeoutMs: 10_000 } }),
  });
  handleSignals();
  try {
    process.exitCode = await Promise.race([work(app, config), overdue, mode.turn?.overdue ?? overdue]);
  } catch (error) {
    if (!mode.endsBySignal || error !== stopSignal.reason) throw error;
    process.exitCode = exits.done;
  } finally {
    await (isBrief ? atMost(graceMs, app.close(), app.clock) : app.close());
  }
};

const orWrongUsage = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return program.error(`error: ${error.message}`, { exitCode: exits.wrongUsage });
  }
};

const channelOf = (app: App, name: string | undefined): Channel => orWrongUsage(() => app.channel(name));

const say = (text: string, flags: { channel?: string; as: string }): Promise<void> =>
  withApp({}, async (app) => {
    const channel = channelOf(app, flags.channel);
    const answer = await app.handlers.command({
      text,
      person: `console:local:${flags.as}`,
      destination: `console:${channel.name}`,
      isOwner: true,
      async progress({ summary }) {
        process.stderr.write(`${summary}\n`);
      },
    });
    print(renderAnswer(answer));
    return exits.done;
  });

const page = (day: string, flags: { channel?: string; format: string }): Promise<void> =>
  withApp({}, async (app) => {
    const { name } = channelOf(app, flags.channel);
    const file = await app.site.file(`${name}/${day}.${flags.format}`);
    if (!file)
      throw new UserError(
        `${name} has no digest for ${day}. To make it: npm run -s paperboy -- remedy --from ${day} --to ${day}`,
      );
    print(file.body.toString());
    return exits.done;
  });

const site = (flags: { out: string }): Promise<void> =>
  withApp({}, async (app) => {
    const { writeSite } = await import('../pages/write-site.ts');
    const folder = resolve(flags.out);
    const files = await writeSite(app.site, folder);
    print(`Wrote ${countOf(files, 'file')}. Open ${join(folder, 'index.html')}`);
    return exits.done;
  });

type EvalFlags = Omit<EvalRequest, 'days'> & { days?: string; channel?: string; json?: boolean };

const evaluate = (flags: EvalFlags): Promise<void> =>
  withApp({ consoleTo: process.stderr }, async (app) => {
    const { evaluateFor, evaluationReport } = await import('./eval.ts');
    const channel = channelOf(app, flags.channel);
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const evaluation = await evaluateFor({ ...flags, days: flags.days }, channel, app, say, stopSignal);
    print(flags.json ? JSON.stringify(evaluation) : evaluationReport(evaluation));
    return exits.done;
  });

const doctor = (flags: { ask: boolean }): Promise<void> =>
  withApp({ isBrief: true }, async (app) => {
    const { examine, renderCheck } = await import('./doctor.ts');
    const checks = await examine(app, {
      ...{ version, isAsking: flags.ask, signal: stopSignal },
      report: (check) => print(renderCheck(check)),
    });
    return checks.every(({ ok }) => ok) ? exits.done : exits.failed;
  });

const program = new Command('paperboy')
  .description("Reads each day's arXiv announcements and posts what your team cares about.")
  .version(version)
  .exitOverride()
  .showHelpAfterError('(use --help for usage)');

program
  .command('start')
  .description('run the bot: connect, post on schedule, answer commands')
  .option('--now', 'also post the newest announcement at once', false)
  .action((flags: { now: boolean }) =>
    withRestarts({ ...surroundings, stop: stopSignal }, (turn) =>
      withApp({ listens: true, endsBySignal: true, turn }, async (app) => {
        const { start } = await import('./start.ts');
        await start(app, { now: flags.now && !turn.first, first: turn.first }, turn.signal);
        return exits.done;
      }),
    ),
  );

const run = addRunCommands(program, { withApp, channelOf, orWrongUsage, print });

program
  .command('say')
  .description('run a chat command from the terminal, for example: say "top 5"')
  .argument('<text>')
  .option('--channel <name>', 'channel to use (default: the first)')
  .option('--as <user>', 'user to run the command as', 'admin')
  .action(say);

program
  .command('page')
  .description('print a digest’s page')
  .argument('<date>', 'announcement date', date)
  .option('--channel <name>', 'channel to use (default: the first)')
  .addOption(new Option('--format <format>', 'output format').choices(['md', 'html', 'json']).default('md'))
  .action(page);

program
  .command('site')
  .description('write all pages as static files that work from any folder')
  .requiredOption('--out <folder>', 'folder to write to (other files in it stay)', path)
  .action(site);

program
  .command('eval')
  .description('measure ranking quality against known picks or votes')
  .option('--days <folder>', "folder of day files such as 2025-07-01.json.gz (default: the channel's digests)", path)
  .addOption(new Option('--engine <engine>', 'engine to measure').choices(evalEngines).default('local'))
  .option('--history <days>', 'number of earlier days that the scorer may learn from for each day', days)
  .option('--last <days>', 'number of most recent days to measure (default: all)', atLeastOne)
  .option('--topics <file>', "topics file to use instead of the channel's", path)
  .option('--channel <name>', 'channel whose topics, categories and digests to use (default: the first)')
  .option('--picture <file>', 'also draw the result as an SVG file', path)
  .option('--json', 'print one JSON object')
  .action(evaluate);

program
  .command('doctor')
  .description('check the settings, the database and every remote service, and explain how to fix problems')
  .option('--ask', 'also let the language model score one paper, which costs money', false)
  .action(doctor);

addBackupCommands(program, { readConfig, print });
addPostgresCommands(program, { env: process.env, print });
addServiceCommands(program, { env: process.env, readConfig, print });
const init = program.command('init').hook('preAction', handleSignals);
describeInit(init, { env: process.env, version, signal: stopSignal, run });
describeActions(init, { readConfig, print });

try {
  await refuseChatCommand(program, process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exits.done : exits.wrongUsage;
  else {
    process.exitCode = exits.failed;
    // Only a bug needs a stack.
    const fault = systemFault(error);
    if (error instanceof UserError || error instanceof ExternalError)
      process.stderr.write(`${withoutControls(error.message)}\n`);
    else if (fault) process.stderr.write(`${fault.what}. ${fault.fix}.\n`);
    else if (logger) logger.error({ err: error }, 'paperboy failed');
    else process.stderr.write(`${error instanceof Error ? error.stack : errorText(error)}\n`);
  }
}

// A request to a silent remote must not keep the process alive.
if (stopSignal.aborted || isBrief) process.exit();
