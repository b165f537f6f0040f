import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorText } from '../../src/core/errors.ts';
import { startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { startFakeOpenAi } from '../../tests/fakes/openai.ts';
import { createVirtualClock } from '../../tests/fakes/virtual-clock.ts';
import { createRandom } from '../evaluation/metrics.ts';
import { createBoard } from './board.ts';
import { type Bot, createBot } from './bot.ts';
import { checkDays, checkFallback, checkHealth, checkMessages, recently } from './checks.ts';
import { createMonths, type Month } from './months.ts';
import { setReadOnly } from './outages.ts';
import { inventDays } from './papers.ts';
import { createPeople } from './people.ts';
import { createPlan, type Outage, type PlannedEvent } from './plan.ts';
import { createSettled } from './settled.ts';
import { teams } from './teams.ts';

export type Year = {
  months: Month[];
  digests: number;
  restarts: number;
  /** What is wrong, as sentences. */
  faults: string[];
};

/** Sleeps may last this much longer while no channel runs, which saves most of the time. So may those of a busy machine. */
const idleDelayMs = 15 * 60_000;

/** How long a bot that stopped in the middle of its work stays off. */
const watchMs = 3_600_000;

/** Errors that an outage explains are no faults. */
const isExpected = (text: string, down: ReadonlySet<Outage>): boolean =>
  down.size > 0 || /: outage \{/.test(text) || text.includes('stopped');

const dayOf = ({ at }: { at: Date }): string => at.toISOString().slice(0, 10);

/** Most papers are below the cutoffs, as in reality. */
const createVerdicts = (seed: number) => (id: string) => {
  const random = createRandom(seed + Number(id.replace('.', '')));
  const points = (): number => 1 + Math.floor(random() ** 0.7 * 9.5);
  return { relevance: points(), novelty: points(), comment: `What ${id} is about.` };
};

/** Runs the bots of all teams for some announcement days, on one clock. */
export const simulateYear = async (days: number, seed: number, onMonth: (month: Month) => void): Promise<Year> => {
  const plan = createPlan(days, seed);
  const random = createRandom(seed + 1);
  const papers = inventDays(plan.dates, seed);
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-soak-'));
  const arxiv = await startFakeArxiv({ days: papers, date: plan.start.toISOString().slice(0, 10) });
  const down = new Set<Outage>();
  const openai = await startFakeOpenAi({
    verdict: createVerdicts(seed),
    fault: () => (down.has('model') ? { kind: 'status', status: 500 } : undefined),
  });
  const bots: Bot[] = [];
  const months = createMonths(() => bots.map(({ databaseFile }) => databaseFile));
  const { settled, close } = createSettled(months.sample);
  let isSpoken = false;
  const clock = createVirtualClock({
    ...{ start: plan.start, settled },
    maxDelayMs: () => (isSpoken || bots.some((bot) => bot.isBusy()) ? 0 : idleDelayMs),
  });
  const faults: string[] = [];
  const fault = (text: string): void => void faults.push(`${clock.now().toISOString()} ${text}`);
  const board = createBoard(random, clock.realNow);
  const people = createPeople(board, random);
  const leftUntil = (at: Date): number => at.getTime() - clock.now().getTime();
  let [restarts, visits] = [0, 0];

  const check = async (work: (bot: Bot) => Promise<string[]>): Promise<void> => {
    for (const bot of bots) for (const text of await clock.run(work(bot))) fault(text);
  };

  const restart = async (bot: Bot): Promise<void> => {
    await bot.stop();
    await bot.start();
    restarts += 1;
  };

  const happen = async (event: PlannedEvent): Promise<void> => {
    switch (event.kind) {
      case 'mailing':
        arxiv.setDate(event.date);
        // A year of requests would take more memory than the bots.
        arxiv.requests.length = 0;
        openai.requests.length = 0;
        months.announced(papers[event.date]?.length ?? 0);
        return;
      case 'down':
      case 'up': {
        const isDown = event.kind === 'down';
        if (isDown) down.add(event.what);
        else down.delete(event.what);
        if (event.what === 'arxiv') arxiv.failAll(isDown ? { kind: 'status', status: 503 } : undefined);
        if (event.what === 'database') for (const bot of bots) setReadOnly(bot.databaseFile, isDown);
        return;
      }
      case 'restart':
        if (event.when === 'now') for (const bot of bots) await restart(bot);
        else for (const bot of bots) bot.stopAtScoring();
        return;
      case 'off':
        for (const bot of bots) await bot.stop();
        return;
      case 'on':
        for (const bot of bots) await bot.start();
        return;
      case 'say':
        for (const bot of bots) {
          const channel = bot.app().channels.find(event.channel);
          const destination = channel?.post[0];
          if (!destination) continue;
          const request = { text: event.text, person: 'web:admin', destination, isOwner: true };
          await clock.run(bot.app().handlers.command(request));
        }
        return;
      case 'people':
        isSpoken = true;
        for (const bot of bots) await clock.run(people(bot)).catch((error: unknown) => fault(errorText(error)));
        isSpoken = false;
        visits += 1;
        if (down.size === 0 && visits % 5 === 0)
          await check((bot) => checkMessages(bot, board, recently(dayOf(event))));
        return;
      case 'check':
        return check((bot) => checkHealth(bot, event.what));
    }
  };

  try {
    for (const team of teams)
      bots.push(
        await createBot(team, {
          ...{ folder, clock, board: board.descriptor, arxivUrl: arxiv.url, openaiUrl: openai.url },
          onError: (text) => {
            if (!isExpected(text, down)) fault(text);
          },
        }),
      );
    for (const bot of bots) await bot.start();
    let month = dayOf({ at: plan.start }).slice(0, 7);
    const endMonth = (): void => {
      const ended = months.end(month);
      if (ended) onMonth(ended);
    };
    for (const event of plan.events) {
      for (let left = leftUntil(event.at); left > 0; left = leftUntil(event.at)) {
        await clock.run(clock.sleep(Math.min(left, watchMs)));
        for (const bot of bots) if (bot.isStopped()) await restart(bot);
      }
      const now = dayOf(event).slice(0, 7);
      if (now !== month) endMonth();
      month = now;
      await happen(event);
    }
    endMonth();
    await check((bot) => checkDays(bot, plan));
    await check((bot) => checkMessages(bot, board, recently(plan.dates.at(-1) ?? '')));
    await check((bot) => checkFallback(bot, plan));
    let digests = 0;
    for (const bot of bots)
      for (const { name } of bot.app().channels.list())
        digests += (await bot.app().stores.digests.summaries(name)).length;
    for (const bot of bots) await bot.stop();
    return { months: months.months, digests, restarts, faults };
  } finally {
    close();
    await arxiv.close();
    await openai.close();
    await rm(folder, { recursive: true, force: true });
  }
};
