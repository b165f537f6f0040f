import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import PQueue from 'p-queue';
import { z } from 'zod';
import { hasOpenssl } from './certificates.ts';
import { idealName, makeDay, speed } from './day.ts';
import { type Failure, failures } from './failures.ts';
import { brokenIn, faultsOf, type Outcome } from './outcome.ts';
import { type RemoteName, remoteNames } from './remotes.ts';
import { outagePage, outagePicture } from './report.ts';

const usage = `npm run outages -- [--remote NAME] [--failure NAME] [--parallel N] [--json FILE] [--missing] [--docs FOLDER] [--list]

Makes a whole day with the bot for each remote (${remoteNames.join(', ')}) and each way in which it can fail, against servers
on this machine, and measures time, memory, and what people are told. While the bot waits, its time runs ${speed} times as
fast. Exits with 1 if a day takes five minutes more than without the failure or 300 MB, if something is broken and status,
/healthz or doctor is green, or if nobody is told. Everything takes about an hour; --remote and --failure, which
may be repeated, select.
--json keeps the outcomes in a file, those of earlier calls too, and --missing makes only the days that it lacks. --docs
writes outages.md and its picture.`;

const { values } = parseArgs({
  options: {
    remote: { type: 'string', multiple: true },
    failure: { type: 'string', multiple: true },
    parallel: { type: 'string', default: '3' },
    json: { type: 'string' },
    missing: { type: 'boolean', default: false },
    docs: { type: 'string' },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

const chosen = <T>(
  all: readonly T[],
  names: readonly string[] | undefined,
  nameOf: (one: T) => string,
): readonly T[] => {
  const unknown = names?.find((name) => !all.some((one) => nameOf(one) === name));
  if (unknown !== undefined) throw new Error(`there is no ${unknown}; choose ${all.map(nameOf).join(', ')}`);
  return all.filter((one) => names?.includes(nameOf(one)) ?? true);
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(0)} s`;

const lineOf = (outcome: Outcome, idealMs: number): string => {
  const { remote, failure, runMs, botMb = 0, doctorMb = 0, recoveredMs, wallMs } = outcome;
  const time = runMs === undefined ? 'does not end' : `${seconds(runMs - idealMs)} past the ideal`;
  const broken = brokenIn(outcome).join(', ') || 'nothing broken';
  const recovered = recoveredMs === undefined ? 'never posted' : `posted ${seconds(recoveredMs)} after the outage`;
  const faults = faultsOf(outcome, idealMs).join(', ') || 'ok';
  return `${remote} ${failure}: ${time}, ${Math.max(botMb, doctorMb).toFixed(0)} MB, ${broken}, ${recovered}; ${faults} (${seconds(wallMs)})`;
};

const maxAttempts = 3;

/** A machine with much other work may be too slow for the first part of a day. @returns undefined if it always is */
const tryDay = async (remote: RemoteName, failure: Failure | undefined): Promise<Outcome | undefined> => {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1)
    try {
      return await makeDay(remote, failure);
    } catch (error) {
      console.error(`${remote} ${failure?.name ?? idealName}: attempt ${attempt} of ${maxAttempts} failed:`, error);
    }
  return undefined;
};

/** Outcomes of earlier measurements. */
const keptIn = async (file: string | undefined): Promise<Outcome[]> =>
  file !== undefined && existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : [];

const rankOf = ({ remote, failure }: Outcome): number =>
  remoteNames.indexOf(remote) * (failures.length + 1) + failures.findIndex(({ name }) => name === failure);

// A day has a few processes, each of which is ended on exit.
process.setMaxListeners(0);
// Ends the bots and servers too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const main = async (): Promise<number> => {
  if (values.help || values.list) {
    console.log(values.help ? usage : failures.map(({ name, title }) => `${name}: ${title}`).join('\n'));
    return 0;
  }
  const wanted = chosen(remoteNames, values.remote, (name) => name);
  const ways = chosen(failures, values.failure, ({ name }) => name).filter(({ needsTls }) => !needsTls || hasOpenssl());
  const queue = new PQueue({ concurrency: z.coerce.number().int().min(1).max(16).parse(values.parallel) });
  const kept = await keptIn(values.json);
  const keep = async (made: Outcome): Promise<void> => {
    const others = kept.filter(({ remote, failure }) => remote !== made.remote || failure !== made.failure);
    kept.splice(0, kept.length, ...[...others, made].sort((one, other) => rankOf(one) - rankOf(other)));
    if (values.json) await writeFile(values.json, `${JSON.stringify(kept, null, 1)}\n`);
  };
  const idealOf = (remote: RemoteName): Outcome | undefined =>
    kept.find((one) => one.remote === remote && one.failure === idealName);

  const isWanted = (remote: RemoteName, failure: string): boolean =>
    !values.missing || !kept.some((one) => one.remote === remote && one.failure === failure);

  await queue.addAll(
    wanted
      .filter((remote) => isWanted(remote, idealName))
      .map((remote) => async () => {
        const ideal = await tryDay(remote, undefined);
        if (!ideal) throw new Error(`there is no day without a failure for ${remote}`);
        await keep(ideal);
        console.log(`${remote} without a failure: ${seconds(ideal.runMs ?? 0)}, ${lineOf(ideal, ideal.runMs ?? 0)}`);
      }),
  );
  let made = 0;
  const days = ways.flatMap((failure) =>
    wanted.flatMap((remote) => (isWanted(remote, failure.name) ? [{ remote, failure }] : [])),
  );
  await queue.addAll(
    days.map(({ remote, failure }) => async () => {
      const outcome = await tryDay(remote, failure);
      if (!outcome) return;
      await keep(outcome);
      made += 1;
      console.log(`${made}/${days.length} ${lineOf(outcome, idealOf(remote)?.runMs ?? 0)}`);
    }),
  );

  const ideals = kept.filter(({ failure }) => failure === idealName);
  const outcomes = kept.filter(({ failure }) => failure !== idealName);
  const isMade = ({ remote, failure }: Outcome): boolean =>
    wanted.includes(remote) && ways.some(({ name }) => name === failure);
  const faulty = outcomes.filter((one) => isMade(one) && faultsOf(one, idealOf(one.remote)?.runMs ?? 0).length > 0);
  if (values.docs !== undefined) {
    await writeFile(join(values.docs, 'outages.md'), outagePage(ideals, outcomes));
    await writeFile(join(values.docs, 'images', 'outages.svg'), outagePicture(ideals, outcomes));
  }
  console.log(`${made} of ${days.length} days, ${faulty.length} with faults.`);
  for (const { remote, failure } of faulty)
    console.log(`To repeat: npm run outages -- --remote ${remote} --failure ${failure}`);
  return faulty.length > 0 || made < days.length ? 1 : 0;
};

process.exitCode = await main();
