import type { Command } from 'commander';
import type { App } from '../app.ts';
import { renderInThread } from '../chat/kit/text.ts';
import type { Channel } from '../core/channel.ts';
import { withoutControls } from '../core/folding.ts';
import type { RunResult } from '../daily/run.ts';
import { headerMessage, paperMessage } from '../digest/messages.ts';
import { date } from './arguments.ts';
import { exits } from './exits.ts';
import { asJson, asLine } from './report.ts';
import { sideBySide } from './side-by-side.ts';
import { stopSignal } from './signals.ts';

type Parts = {
  withApp(mode: { consoleTo: NodeJS.WriteStream }, work: (app: App) => Promise<number>): Promise<void>;
  channelOf(app: App, name: string | undefined): Channel;
  orWrongUsage<T>(read: () => T): T;
  print(text: string): void;
};

type RunFlags = { date?: string; channel?: string; dryRun?: boolean; unlessPosted?: boolean; json?: boolean };

const reportOf = (result: RunResult, flags: Pick<RunFlags, 'dryRun' | 'json'>): string => {
  if (flags.json) return JSON.stringify(asJson(result));
  const digest = flags.dryRun ? result.digest : undefined;
  const messages = digest
    ? [headerMessage(digest, { listsPapers: false }), ...digest.entries.map((entry) => paperMessage(entry, digest))]
    : [];
  return [...messages.map(renderInThread), asLine(result, flags.dryRun ?? false)].join('\n');
};

type RemedyFlags = { from: string; to?: string; channel?: string; now?: boolean; json?: boolean };

/** Adds the commands that post and exit. @returns what `run` does. */
export const addRunCommands = (program: Command, { withApp, channelOf, orWrongUsage, print }: Parts) => {
  const run = (flags: RunFlags): Promise<void> =>
    withApp({ consoleTo: flags.json ? process.stderr : process.stdout }, async (app) => {
      const channels = flags.channel === undefined ? app.channels.list() : [channelOf(app, flags.channel)];
      if (flags.unlessPosted) {
        const { lostState } = await import('./lost-state.ts');
        const lost = await lostState(app);
        if (lost !== undefined) {
          process.stderr.write(`${withoutControls(lost)}\n`);
          return exits.refused;
        }
      }
      const { dueUpdateNotes, sendUpdateNotes } = await import('./send-update-notes.ts');
      const notes = flags.dryRun ? [] : await dueUpdateNotes(app);
      let code = exits.done;
      const failures: unknown[] = [];
      const options = { date: flags.date, dryRun: flags.dryRun };
      // Only the text is kept until it is this channel's turn, because digests take more memory.
      const work = async (channel: Channel) => {
        const result = await app.run(channel, options, stopSignal);
        return { report: reportOf(result, flags), status: result.status };
      };
      for (const running of sideBySide(channels, work)) {
        try {
          const { report, status } = await running;
          print(report);
          if (status === 'incomplete') code = exits.failed;
        } catch (error) {
          // A failure of one channel must not affect the others.
          if (stopSignal.aborted) throw error;
          failures.push(error);
        }
      }
      await sendUpdateNotes(notes, app, stopSignal);
      if (failures.length > 0) throw failures[0];
      return code;
    });

  const remedy = (flags: RemedyFlags): Promise<void> =>
    withApp({ consoleTo: flags.json ? process.stderr : process.stdout }, async (app) => {
      const channels = flags.channel === undefined ? app.channels.list() : [channelOf(app, flags.channel)];
      const { remedyDates } = await import('../daily/catch-up/remedy.ts');
      const dates = orWrongUsage(() => remedyDates(flags.from, flags.to, app.clock.now()));
      let code = exits.done;
      for (const channel of channels)
        await app.remedy(
          channel,
          dates,
          (result) => {
            print(reportOf(result, flags));
            if (result.status === 'incomplete') code = exits.failed;
          },
          stopSignal,
          flags.now,
        );
      return code;
    });

  program
    .command('run')
    .description('post the newest announcement, or the one for a date, and exit')
    .option('--date <date>', 'announcement date', date)
    .option('--channel <name>', 'run this channel only')
    .option('--dry-run', 'show what would be posted, but post nothing (the language model still costs money)')
    .option('--unless-posted', 'refuse if the database has no digest but a destination has (exit code 3)')
    .option('--json', 'print one JSON object per channel')
    .action(run);

  program
    .command('remedy')
    .description('post the digests of missed days, oldest first')
    .requiredOption('--from <date>', 'first announcement date', date)
    .option('--to <date>', 'last announcement date (default: the newest)', date)
    .option('--channel <name>', 'post for this channel only')
    .option('--now', 'do not wait for batches, which cost half')
    .option('--json', 'print one JSON object per day and channel')
    .action(remedy);

  return run;
};
