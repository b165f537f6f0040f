import type { Config } from '../config/load.ts';
import type { ArxivClient } from './arxiv/client.ts';
import { createFullTextReader } from './arxiv/fulltext.ts';
import { createPaperFinder } from './arxiv/papers.ts';
import type { Connections } from './chat/connections.ts';
import type { AuthorIndex } from './core/author.ts';
import type { Clock } from './core/clock.ts';
import type { Logger } from './core/logger.ts';
import type { Activity } from './core/run.ts';
import type { Services } from './core/services.ts';
import type { Stores } from './core/stores.ts';
import type { Collector } from './daily/collect/collect.ts';
import { createPreview } from './daily/draft/preview.ts';
import { createDeliver } from './daily/publish/deliver.ts';
import { createRescore } from './daily/rescore/rescore.ts';
import { createRetract } from './daily/retract/retract.ts';
import type { RunParts } from './daily/run.ts';
import { nextTime } from './daily/schedule.ts';
import { readStatus } from './monitoring/status.ts';
import type { Engines } from './scoring/engines.ts';
import { createAsk } from './scoring/llm/ask.ts';
import { bestTopics } from './scoring/topic-match.ts';
import type { Learner } from './scoring/votes/learner.ts';

export type ServiceParts = {
  config: Config;
  stores: Stores;
  engines: Engines;
  learner: Learner;
  connections: Connections;
  client: ArxivClient;
  authors: AuthorIndex;
  activity: Activity;
  clock: Clock;
  logger: Logger;
  collector(): Collector;
  runParts(): Promise<RunParts>;
  /** Address of the web page while it is served, with a slash at the end. */
  webUrl(): string | undefined;
};

/** What commands have done for them, from the parts that do it. */
export const createServices = (parts: ServiceParts): Services => {
  const { config, stores, engines, learner, connections, client, authors, activity, clock, logger } = parts;
  const { connected, outages } = connections;
  const { llm, prices, dayStart, local } = engines;
  const { webUrl, apiUrl } = config.env.arxiv;
  const reader = createFullTextReader({ client, webUrl });
  /** What changes posted messages needs the platforms connected, also in a call that only asks one thing. */
  const onPlatforms =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await connections.connect();
      return work(...args);
    };
  const paid = llm && { model: llm.model, dailyBudgetUsd: llm.dailyBudgetUsd, dayStart };
  return {
    authors,
    model: llm?.model,
    papers: createPaperFinder({ client, apiUrl, announcements: stores.announcements }),
    rescore: onPlatforms(
      createRescore({
        ...{ stores, clock, logger, scorer: llm?.scorer },
        platforms: connected,
        timezone: config.timezone,
      }),
    ),
    ask: createAsk({
      ...{ client: llm?.client, stores, prices, clock, dayStart },
      dailyBudgetUsd: config.scorer.dailyBudgetUsd,
      random: Math.random,
      readFullText: reader.read,
    }),
    draft: createPreview({
      ...{ stores, authors, clock, local },
      topicsOf: bestTopics,
      nudgesOf: learner.nudgesOf,
      model: llm?.model,
      collector: parts.collector,
    }),
    deliver: createDeliver({ runParts: parts.runParts }),
    retract: onPlatforms(createRetract({ stores, platforms: connected, clock, logger })),
    feedback: (channel, signal) => learner.learned(channel.name, signal),
    status: (channel) =>
      readStatus(channel, { stores, activity, connected, outages, llm: paid, nextTime, now: () => clock.now() }),
    pageUrl(path) {
      const base = parts.webUrl();
      return base === undefined ? undefined : `${base}${path}`;
    },
  };
};
