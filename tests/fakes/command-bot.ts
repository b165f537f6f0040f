import { commands } from '../../commands/index.ts';
import { categoryFault } from '../../config/category.ts';
import { channelNameFault, cronFault, timeZoneFault } from '../../config/values.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { createDispatcher } from '../../src/chat/dispatcher.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { isAddressOf } from '../../src/core/addresses.ts';
import type { Paper } from '../../src/core/paper.ts';
import type { Services } from '../../src/core/services.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createChannelRegistry } from '../../src/daily/channels/channels.ts';
import { createRubric } from '../../src/scoring/rubric.ts';
import { hostile } from '../contracts/platform-messages.ts';
import { createSteppingClock } from './clock.ts';
import { channelOf, paperOf, scoreOf } from './fixtures.ts';
import { keepingLogger } from './logger.ts';
import { savePosted, voteOn } from './posted.ts';
import { servicesOf } from './services.ts';

/** Days with a digest; commands run on the last one. */
const digestDays = ['2025-06-30', '2025-07-03', '2025-07-07', '2025-07-08'] as const;
const papersADay = 24;

/** The paper in the examples of commands. */
const example = paperOf('2503.07639', {
  title: 'Mixture of experts with sparse attention',
  authors: ['Yoshua Bengio', 'Ada First'],
  abstract: `A mixture of experts is quantized; we quantize its $k$ routers. ${'It learns which of them to ask. '.repeat(80)}`,
  comments: '12 pages, 3 figures',
  doi: '10.1000/182',
});

const usage = { promptTokens: 900, cachedTokens: 450, completionTokens: 70, costUsd: 0.0012 };

const idOf = (day: number, nth: number): string => `2507.0${day}${String(nth).padStart(3, '0')}`;

/** An ordinary paper, or sometimes one with hostile or very long text. */
const invented = (day: number, nth: number): Partial<Paper> => {
  const text = hostile[nth % hostile.length] ?? '';
  if (nth % 5 === 3) return { title: `Quantization ${text}`, authors: [text, 'Ben Second'], abstract: text.repeat(60) };
  if (nth % 7 === 5) return { title: 'long '.repeat(400), authors: Array.from({ length: 300 }, (_, n) => `Name ${n}`) };
  return { title: `Sparse attention of ${day} and ${nth}`, abstract: `Sparse experts ${nth} attend. `.repeat(20) };
};

const fill = async (stores: Stores): Promise<void> => {
  for (const [day, date] of digestDays.entries()) {
    const ids = Array.from({ length: papersADay }, (_, nth) => idOf(day, nth));
    const posted = ids.map((id, nth) => ({
      ...{ id, paper: invented(day, nth), relevance: 10 - (nth % 4), novelty: 9 - (nth % 5) },
      topic: nth % 3 === 0 ? 'Quantization' : 'Model Compression',
    }));
    const all = day === 0 ? [...posted, { id: example.id, paper: example }] : posted;
    const papers = all.map(({ id, paper }) => ({ paper: paperOf(id, paper), type: 'new' as const }));
    await stores.announcements.save({ category: 'cs.LG', date, papers });
    await savePosted(stores, date, all);
    for (const rank of [1, 2, 3]) await voteOn(stores, date, rank, `slack:T1:U${rank}`, rank === 3 ? '-1' : '+1');
  }
};

/** Services that succeed at once, always with the same result. */
const willing = (stores: Stores): Services =>
  servicesOf({
    model: 'gpt-test',
    authors: {
      ofPapers: async () => ({ known: new Map(), unknown: new Set(), failure: undefined }),
      candidates: async (name) =>
        ['1', '2'].map((authorId) => ({ authorId, name: `${name} ${authorId}`, hIndex: 12, papers: 34 })),
    },
    papers: {
      find: async (id) => (await stores.announcements.paper(id)) ?? servicesOf().papers.find(id, AbortSignal.abort()),
    },
    rescore: async (_channel, papers, _by, onProgress) => {
      for (const [index] of papers.entries()) onProgress(index + 1, papers.length);
      const rescored = papers.map((paper, index) => ({
        ...{ paper, before: scoreOf(paper.id, 6, 6), isUpdated: index % 2 === 0 },
        after: index % 5 === 4 ? undefined : scoreOf(paper.id, 9, 9, { attempt: 2 }),
      }));
      return { papers: rescored, usage, stop: papers.length > 30 ? 'the budget of today is spent' : undefined };
    },
    ask: async (_channel, paper, question) => {
      const text = `Your question: ${question}`;
      return { text, quotes: [paper.abstract.slice(0, 300)], source: 'abstract', usage };
    },
    draft: (channel, date) => stores.digests.find(channel.name === 'foundations' ? channel.name : '', date),
    deliver: async () => 2,
    retract: async () => 3,
    status: async () => ({
      ...{ engine: 'gpt-test', budgetLeftUsd: 0.5, nextRun: '2025-07-09T13:00:00.000Z' },
      lastRun: { at: '2025-07-08T13:00:00.000Z', text: 'posted 24 papers' },
      progress: { scored: 12, toScore: 40 },
      complaints: [{ text: 'Slack was slow.', fix: 'Wait a little.' }],
    }),
    pageUrl: (path) => `http://127.0.0.1:3210/${path}`,
  });

/**
 * The real commands behind the real dispatcher, on in-memory stores with a few digests of the channel `foundations`; only
 * the services are fakes.
 *
 * @param isHere whether a destination belongs to that channel
 */
export const createCommandBot = async ({
  admins = [],
  isHere = () => true,
}: {
  admins?: readonly string[];
  isHere?: (destination: string) => boolean;
} = {}) => {
  const stores = openStores(':memory:');
  await fill(stores);
  const clock = createSteppingClock(`${digestDays.at(-1)}T13:00:00Z`);
  const channels = await createChannelRegistry({
    ...{ clock, createRubric, changes: stores.changes, digests: stores.digests },
    fileChannels: [channelOf({ top: papersADay, authors: [{ name: 'Yoshua Bengio' }] })],
    validate: { name: channelNameFault, schedule: cronFault, category: categoryFault, timezone: timeZoneFault },
    defaults: { schedule: '0 9 * * 1-5', language: 'English', criteria: 'Judge kindly.' },
  });
  const { lines, logger } = keepingLogger();
  const outcomes: { command: string; outcome: string }[] = [];
  const handlers = createDispatcher({
    ...{ commands, channels, admins, platforms, stores, logger },
    channelAt: async (destination) => (isHere(destination) ? channels.find('foundations') : undefined),
    isPerson: isAddressOf,
    services: willing(stores),
    clock,
    signal: new AbortController().signal,
    onAnswered: (command, outcome) => outcomes.push({ command, outcome }),
  });
  return { stores, channels, handlers, lines, outcomes, close: () => stores.close() };
};
