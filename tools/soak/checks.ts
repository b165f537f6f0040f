import type { App } from '../../src/app.ts';
import { platformOf } from '../../src/core/addresses.ts';
import type { Channel } from '../../src/core/channel.ts';
import { addDays } from '../../src/core/dates.ts';
import { isModelUsed } from '../../src/core/digest.ts';
import type { HealthSubject } from '../../src/core/health.ts';
import type { Board } from './board.ts';
import type { Outage, Plan, Span } from './plan.ts';
import { pausedChannel } from './teams.ts';

/** The parts of a bot that are checked. */
type Checked = {
  team: { name: string; hasModel: boolean };
  app(): Pick<App, 'stores' | 'health'> & { channels: { list(): readonly Pick<Channel, 'name' | 'post'>[] } };
};

/** How many missed mailings a run catches up on: docs/design.md, "Paperboy catches up within limits". */
const caughtUp = 5;

/** What health must name during an outage. */
const subjectsOf: Record<Outage, readonly HealthSubject[]> = {
  arxiv: ['arxiv'],
  model: ['model', 'scoring'],
  database: ['database'],
};

const isIn = (instant: string | Date, span: Span | undefined): boolean => {
  const time = new Date(instant);
  return span !== undefined && time >= span.from && time < span.to;
};

/** Dates that a channel misses for good because it was paused: all but those that it catches up on. */
const lostInPause = (dates: readonly string[], made: readonly { date: string; createdAt: string }[], pause: Span) => {
  const before = made.filter(({ createdAt }) => new Date(createdAt) < pause.from);
  const after = made.filter(({ createdAt }) => new Date(createdAt) >= pause.from);
  const last = before.reduce((latest, { date }) => (date > latest ? date : latest), '');
  const newest = after.filter(({ createdAt }) => createdAt.slice(0, 10) === after[0]?.createdAt.slice(0, 10)).at(-1);
  const missed = dates.filter((date) => date > last && date < (newest?.date ?? ''));
  return new Set(missed.slice(0, -caughtUp));
};

/** @returns what is wrong with the digests of a whole year, as sentences. */
export const checkDays = async (bot: Checked, plan: Plan): Promise<string[]> => {
  const { stores, channels } = bot.app();
  const faults: string[] = [];
  for (const { name } of channels.list()) {
    const made = (await stores.digests.summaries(name)).toSorted((one, other) =>
      one.createdAt === other.createdAt
        ? one.date.localeCompare(other.date)
        : one.createdAt.localeCompare(other.createdAt),
    );
    const counts = Map.groupBy(made, ({ date }) => date);
    const lost = name === pausedChannel && plan.pause ? lostInPause(plan.dates, made, plan.pause) : new Set<string>();
    for (const date of plan.dates) {
      const count = counts.get(date)?.length ?? 0;
      const wanted = lost.has(date) ? 0 : 1;
      if (count !== wanted) faults.push(`${name} has ${count} digests for ${date}, not ${wanted}.`);
    }
    for (const date of counts.keys())
      if (!plan.dates.includes(date)) faults.push(`${name} has a digest for ${date}, which arXiv did not announce.`);
    const papers = new Map<string, string>();
    for (const { date } of made)
      for (const { paper } of (await stores.digests.find(name, date))?.entries ?? []) {
        const before = papers.get(paper.id);
        if (before !== undefined) faults.push(`${name} posted ${paper.id} on ${before} and on ${date}.`);
        papers.set(paper.id, date);
      }
    const [lastLost] = [...lost].slice(-1);
    if (lastLost !== undefined) {
      const notices = await Promise.all(
        plan.dates.map(async (date) => (await stores.digests.find(name, date))?.notices),
      );
      if (!notices.flat().some((notice) => notice?.includes(lastLost)))
        faults.push(`No digest of ${name} says that it has none for ${lastLost}.`);
    }
    for (const { date, createdAt, remedial } of made) {
      const shownAt = plan.shownAt.get(date);
      if (shownAt && new Date(createdAt) < shownAt) faults.push(`${name} posted ${date} before arXiv showed it.`);
      const next = plan.dates.find((one) => one > date && (plan.shownAt.get(one) ?? plan.end) < new Date(createdAt));
      if (next !== undefined && !remedial)
        faults.push(`${name} posted ${date} after ${next} was announced, but does not say that it is late.`);
    }
  }
  return faults;
};

/** @returns what is wrong with the messages of the digests from a date on. The web page keeps them for 60 days. */
export const checkMessages = async (bot: Checked, board: Board, since: string): Promise<string[]> => {
  const { stores, channels } = bot.app();
  const faults: string[] = [];
  const arrived = board.notes.filter(({ isRemoved }) => !isRemoved);
  for (const { name, post } of channels.list())
    for (const { date, digestId } of await stores.digests.summaries(name)) {
      if (date < since) continue;
      const digest = await stores.digests.find(name, date);
      for (const destination of post) {
        const deliveries = await stores.outbox.list(digestId, destination);
        const where = `${name}, ${date}, ${destination}`;
        const unsent = deliveries.filter(({ status }) => status !== 'sent').length;
        if (unsent > 0) faults.push(`${where}: ${unsent} messages are not sent.`);
        if (deliveries.length !== (digest?.entries.length ?? 0) + 1)
          faults.push(`${where}: ${deliveries.length} messages for ${digest?.entries.length} papers.`);
        const header = deliveries.find(({ rank }) => rank === 0)?.message ?? { destination, messageId: '' };
        const found =
          platformOf(destination) === 'board'
            ? arrived.filter(
                (note) => note === board.notes[Number(header.messageId)] || note.thread === header.messageId,
              )
            : await stores.webMessages.thread(header);
        const keys = found.map(({ key }) => key).sort();
        const wanted = deliveries.map(({ key }) => key).sort();
        if (keys.join() !== wanted.join())
          faults.push(`${where}: ${keys.length} messages arrived, not ${wanted.length}.`);
        if (platformOf(destination) === 'board')
          for (const key of wanted) {
            const copies = arrived.filter((note) => note.key === key).length;
            if (copies !== 1) faults.push(`${where}: a message arrived ${copies} times.`);
          }
      }
    }
  return faults;
};

/** @returns how health contradicts what works. */
export const checkHealth = async (bot: Checked, what: Outage | 'works'): Promise<string[]> => {
  const { health } = bot.app();
  const problems = await health.problems();
  if (what === 'works') return problems.map(({ text }) => `${bot.team.name}: after an outage, health says: ${text}`);
  if (what === 'model' && !bot.team.hasModel) return [];
  const named = problems.some(({ subject }) => subjectsOf[what].includes(subject));
  return named ? [] : [`${bot.team.name}: health does not mention the outage of ${what}.`];
};

/** @returns what is wrong with the scores of a model that could not be reached for a time. */
export const checkFallback = async (bot: Checked, { outages }: Plan): Promise<string[]> => {
  if (!bot.team.hasModel) return [];
  const { stores, channels } = bot.app();
  const faults: string[] = [];
  for (const { name } of channels.list())
    for (const digest of await stores.digests.summaries(name)) {
      const isOut = isIn(digest.createdAt, outages.model);
      if (isModelUsed(digest) === isOut)
        faults.push(`${name}, ${digest.date}: the model ${isOut ? 'was down, but' : 'worked, but no'} papers are its.`);
    }
  return faults;
};

/** The last days before a date whose messages are worth checking again. */
export const recently = (date: string): string => addDays(date, -10);
