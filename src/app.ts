import { commands } from '../commands/index.ts';
import { categoryFault } from '../config/category.ts';
import type { Config } from '../config/load.ts';
import { createSampleSource, dropSample, sampleChannel, sampleDraft } from '../config/sample-day.ts';
import { channelNameFault, cronFault, timeZoneFault } from '../config/values.ts';
import { openDatabase, openWork } from '../db/index.ts';
import { createArxiv } from './arxiv/arxiv.ts';
import type { RequestLimits } from './arxiv/client.ts';
import { createAuthorIndex } from './authors/author-index.ts';
import { createScholarClient } from './authors/client.ts';
import { type Connections, createConnections } from './chat/connections.ts';
import { createDispatcher, rightsOf } from './chat/dispatcher.ts';
import { completionsFor } from './chat/language/complete.ts';
import { createWebChannels } from './chat/web/channels.ts';
import { createWebPlatform } from './chat/web/index.ts';
import { serveWeb } from './chat/web/server.ts';
import type { AnnouncementSource } from './core/arxiv.ts';
import type { AuthorIndex } from './core/author.ts';
import type { Channel } from './core/channel.ts';
import { type Clock, createClock } from './core/clock.ts';
import { listedCommands } from './core/command.ts';
import { UserError } from './core/errors.ts';
import { createGuesses } from './core/guesses.ts';
import type { Logger } from './core/logger.ts';
import type { IsoDate } from './core/paper.ts';
import type { PlatformDescriptor, PlatformHandlers, PlatformParts } from './core/platform.ts';
import type { Services } from './core/services.ts';
import type { SetupPages, SetupRights } from './core/setup-pages.ts';
import type { Site } from './core/site.ts';
import type { Stores } from './core/stores.ts';
import type { Work } from './core/work.ts';
import { remedyChannel } from './daily/catch-up/remedy.ts';
import { createChannelRegistry, type LoadedRegistry } from './daily/channels/channels.ts';
import { createExpansions, type Expansions } from './daily/channels/expansions.ts';
import { type Collector, createCollector, sharedFor } from './daily/collect/collect.ts';
import { createPreview } from './daily/draft/preview.ts';
import { createSummarize, createSummaryCost } from './daily/draft/summaries.ts';
import { createPool } from './daily/pool.ts';
import { createCounts } from './daily/publish/counts.ts';
import { postRecap } from './daily/publish/recap.ts';
import { createReactionReader, type ReactionReader } from './daily/reactions.ts';
import { type ActivityRecord, recordRun } from './daily/record.ts';
import { createRescore } from './daily/rescore.ts';
import { createRetract } from './daily/retract.ts';
import { createDeliver, type RunOptions, type RunParts, type RunResult, runChannel } from './daily/run.ts';
import { nextTime } from './daily/schedule.ts';
import { openActivity } from './daily/shared-activity.ts';
import { createTurns } from './daily/turns.ts';
import { readHealth } from './monitoring/health.ts';
import { createHealthModel, type HealthModel } from './monitoring/health-model.ts';
import { createMetrics } from './monitoring/metrics.ts';
import { readStatus } from './monitoring/status.ts';
import { watchedAuthors, watchedBatches, watchedScorer, watchedSource } from './monitoring/watched.ts';
import { createLiveSite } from './pages/live/site.ts';
import { createSite } from './pages/site.ts';
import { canNameSubject } from './scoring/built-in/lexicon.ts';
import { bestTopics } from './scoring/built-in/matches.ts';
import { createTopicsProblems, createUnderstanding } from './scoring/built-in/understood.ts';
import { createRankProcess } from './scoring/distilled/process.ts';
import { createEngines, type Engines } from './scoring/engines.ts';
import { createAsk } from './scoring/llm/ask.ts';
import { systemPrompt } from './scoring/llm/prompt.ts';
import { createRubric } from './scoring/rubric.ts';
import { createPrefilter } from './scoring/screening/prefilter.ts';
import { createLearner } from './scoring/votes/learner.ts';
import type { SetupServices } from './setup/setup.ts';

export type Surroundings = Pick<PlatformParts, 'logger' | 'output' | 'progress'> &
  Partial<Pick<PlatformParts, 'clock' | 'input'> & Pick<RunParts, 'onProgress' | 'onWait' | 'onBatch'>> & {
    version: string;
    platforms: readonly PlatformDescriptor[];
    listens?: boolean;
    arxivLimits?: RequestLimits;
    /** Makes the pages that set Paperboy up. Not set if it could not start again with what they write. */
    setUp?: (services: SetupServices, rights: SetupRights) => SetupPages;
    signal: AbortSignal;
  };

export type App = Connections & {
  config: Config;
  clock: Clock;
  logger: Logger;
  stores: Stores;
  work: Work;
  engines: Engines;
  /** Undefined without a language model. */
  expansions: Expansions | undefined;
  channels: LoadedRegistry;
  descriptors: readonly PlatformDescriptor[];
  activity: ActivityRecord;
  health: HealthModel;
  source: AnnouncementSource;
  /** Collects what is not urgent: arXiv is asked for everything else first. */
  archive: Collector;
  handlers: PlatformHandlers;
  /** The named channel, or the first. @throws UserError if there is no such channel. */
  channel(name: string | undefined): Channel;
  refreshReactions: ReactionReader;
  understand: Services['understand'];
  runParts(): Promise<RunParts>;
  run(channel: Channel, options: RunOptions, signal: AbortSignal): Promise<RunResult>;
  postRecap(channel: Channel, signal: AbortSignal): Promise<void>;
  /** Posts the sample in its own channel, if the config is the built-in example and there is no digest yet. */
  showSample(signal: AbortSignal): Promise<void>;
  remedy(
    channel: Channel,
    dates: readonly IsoDate[],
    onResult: (result: RunResult) => void,
    signal: AbortSignal,
    isUrgent?: boolean,
  ): Promise<void>;
  authors: AuthorIndex;
  site: Site;
  /**
   * Serves the web page until closed. `isStarted` is true once the bot is running its schedules.
   * @throws ExternalError if it cannot listen on the address.
   */
  serve(
    address: { host: string; port: number },
    isStarted: () => boolean,
  ): Promise<{ url: string; close(): Promise<void> }>;
  close(): Promise<void>;
};

export const createApp = async (config: Config, around: Surroundings): Promise<App> => {
  const { logger } = around;
  const clock = around.clock ?? createClock(config.env.now);
  const now = (): Date => clock.now();
  const { database, publicUrl } = config.env;
  const isPostgres = database.kind === 'postgres';
  const stores = await openDatabase(database, { isCopiedBeforeUpdate: config.backup !== null });
  const work = isPostgres ? await openWork(database, around.logger, clock) : createPool();
  const memory = isPostgres ? stores.sharedMemory : undefined;
  const learner = createLearner(stores, clock);
  const engines = await createEngines({
    ...{ settings: config.scorer, openai: config.env.openai, timezone: config.timezone },
    ...{ stores, memory, clock, logger },
  });
  const { local, llm, prices, dayStart } = engines;
  const [example] = config.isExample ? config.channels : [];
  const sample = example && sampleChannel(example);
  await dropSample(stores, sample);
  const channels = await createChannelRegistry({
    ...{ clock, createRubric, changes: stores.changes, digests: stores.digests, fileChannels: config.channels, sample },
    validate: { name: channelNameFault, schedule: cronFault, category: categoryFault, timezone: timeZoneFault },
    defaults: config.defaults,
  });
  const expansions = llm && createExpansions({ expand: llm.expandTopics, channels, stores, clock, logger });
  const health = createHealthModel({
    ...{ store: stores.health, clock, logger },
    view: {
      channels: () => channels.list(),
      platforms: () => platforms.keys(),
      ...{ hasModel: llm !== undefined, hasBackups: config.backup !== null && !isPostgres },
      descriptors: around.platforms,
    },
  });
  const posting = [...config.channels, ...(sample ? [sample] : [])].flatMap(({ post }) => post);
  const web = createWebPlatform({ destinations: posting, stores, clock });
  const connections = await createConnections({
    ...{ descriptors: around.platforms, settings: config.env.platforms, channels, commands, web, health },
    ...{ output: around.output, input: around.input, progress: around.progress },
    ...{ clock, logger, memory: stores.sharedMemory },
    ...{ listens: around.listens ?? false, role: isPostgres ? config.env.role : undefined },
  });
  const { platforms, connected, outages, deaf, connect, channelAt, isPerson } = connections;
  const userAgent = `Paperboy/${around.version} (arXiv reader for research teams)`;
  const remote = { fetch, clock, logger, userAgent, random: Math.random };
  const { announcements } = stores;
  const turns = isPostgres ? createTurns({ leases: stores.leases, clock }) : undefined;
  const paced = { limits: around.arxivLimits, takeTurn: turns?.take, urls: config.env.arxiv };
  const arxiv = createArxiv({ ...remote, ...paced, announcements });
  const source = watchedSource(arxiv.source('run'), health);
  const scholar = createScholarClient({ ...config.env.s2, ...remote });
  const index = createAuthorIndex({ client: scholar, store: stores.authors, clock, logger });
  const authors = watchedAuthors(index, health);
  const collecting = { announcements, clock, logger };
  const collector = sharedFor(60_000, clock, () => createCollector({ source, ...collecting }));

  const refreshReactions = createReactionReader({ platforms: connected, stores, clock, logger });

  const activity = openActivity(memory, { channels, clock, logger });
  const watched = {
    ...{ stores, activity, health, platforms, connected, outages, deaf, version: around.version, now },
    failedRuns: isPostgres ? work.failed : undefined,
    llm: llm && { model: llm.model, dailyBudgetUsd: llm.dailyBudgetUsd, dayStart, calls: llm.client.limiter.state },
  };
  const metrics = createMetrics({
    ...watched,
    get channels() {
      return channels.list();
    },
    commands: listedCommands(commands).map(({ path }) => path),
  });

  const prefilter = config.scorer.prefilter
    ? createPrefilter({ ...config.scorer.prefilter, stores, logger, rank: createRankProcess() })
    : undefined;
  const runParts = async (): Promise<RunParts> => {
    await connect();
    return {
      ...{ stores, clock, logger, refreshReactions, authors, prefilter, onBatch: around.onBatch },
      batch: llm?.batch && watchedBatches(llm.batch, health),
      scorers: llm ? [watchedScorer(llm.patient, health), local] : [local],
      ...{ expand: expansions?.ensure, topicsOf: bestTopics, nudgesOf: learner.nudgesOf, likedOf: learner.likedOf },
      summarize: createSummarize({ summarizer: llm?.summarizer, stores, clock, logger }),
      problemOf: async (channel) => (await understand(channel)).problem,
      collector: collector(),
      publishing: { platforms: connected, outages, logger, random: Math.random, onDouble: metrics.doubleRemoved },
      onWait(channel, holder) {
        activity.waits(channel, holder);
        around.onWait?.(channel, holder);
      },
      onProgress(channel, done, total) {
        activity.progress(channel, done, total);
        around.onProgress?.(channel, done, total);
      },
    };
  };

  const onPlatforms =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await connect();
      return work(...args);
    };
  const understand = createUnderstanding(stores.announcements, llm?.model);
  const topicsProblems = createTopicsProblems({ understand, channels: channels.list, hasModel: llm !== undefined });
  const counts = createCounts({ platforms: connected, stores, channels, clock, logger, signal: around.signal });
  const linkGuesses = createGuesses(clock, { memory: stores.sharedMemory, kind: 'link guess' });
  const services: Services = {
    ...{ authors, model: llm?.model, namesSubject: canNameSubject, linkGuesses },
    papers: arxiv.papers,
    rescore: onPlatforms(
      createRescore({
        ...{ stores, clock, logger, scorer: llm && watchedScorer(llm.scorer, health) },
        ...{ platforms: connected, timezone: config.timezone },
      }),
    ),
    ask: createAsk({
      ...{ client: llm?.client, stores, prices, clock, dayStart, random: Math.random },
      dailyBudgetUsd: config.scorer.dailyBudgetUsd,
      readFullText: arxiv.fullText.read,
    }),
    draft: createPreview({
      ...{ stores, authors, clock, local, collector, model: llm?.model },
      ...{ topicsOf: bestTopics, nudgesOf: learner.nudgesOf, likedOf: learner.likedOf },
    }),
    deliver: createDeliver({ runParts }),
    retract: onPlatforms(createRetract({ stores, platforms: connected, clock, logger })),
    ...{ understand, summaryCost: createSummaryCost({ summarizer: llm?.summarizer, stores }) },
    expandAgain: async (channel, signal) => expansions?.ensure(channel, signal, { again: true }),
    feedback: (channel, signal) => learner.learned(channel.name, signal),
    status: (channel) => readStatus(channel, { ...watched, nextTime, topicsProblems }),
    ...{ showCounts: counts.show, pageUrl: (path) => publicUrl && `${publicUrl}/${path}` },
  };
  const handlers = createDispatcher({
    ...{ commands, channels, channelAt, isPerson, admins: config.admins, stores, services, clock, logger },
    platforms: around.platforms,
    signal: around.signal,
    onAnswered: metrics.commandAnswered,
    onVote: (platform, { channel, paperId }) => {
      metrics.voteReceived(platform);
      if (paperId !== undefined) counts.show(channel, paperId);
    },
  });

  return {
    ...connections,
    ...{ config, clock, logger, stores, engines, channels, handlers, refreshReactions, runParts, understand },
    ...{ authors, activity, expansions, health, source, work, descriptors: around.platforms },
    archive: createCollector({ source: watchedSource(arxiv.source('background'), health), ...collecting }),
    channel(name) {
      const all = channels.list();
      const found = name === undefined ? all[0] : all.find((one) => one.name === name);
      if (found) return found;
      throw new UserError(`There is no channel "${name}". The channels are ${all.map((one) => one.name).join(', ')}.`);
    },
    async run(channel, options, signal) {
      const work = async () => runChannel(channel, options, await runParts(), signal);
      if (options.dryRun) return work();
      const recording = { runs: stores.runs, activity, health, clock, logger, signal };
      const result = await recordRun(channel.name, work, recording);
      if (sample && (await dropSample(stores, sample))) await channels.reload();
      return result;
    },
    async showSample(signal) {
      if (!sample || (await stores.digests.channels()).length > 0) return;
      logger.warn({ arxiv: config.env.arxiv.webUrl }, 'arXiv cannot be reached, showing a sample with invented papers');
      const collector = createCollector({ source: createSampleSource(), ...collecting });
      await runChannel(sample, {}, { ...(await runParts()), ...sampleDraft, collector }, signal);
      await channels.reload();
    },
    async postRecap(channel, signal) {
      await connect();
      await postRecap(channel, { stores, platforms: connected, clock, logger }, signal);
    },
    async remedy(channel, dates, onResult, ...how) {
      await remedyChannel(channel, dates, await runParts(), onResult, ...how);
    },
    site: createSite({
      ...{ publicUrl, stores, now, prompt: systemPrompt },
      channels: [...channels.list(), ...channels.former()],
    }),
    async serve(address, isStarted) {
      const shown = createWebChannels(channels);
      return serveWeb(address, {
        ...{ stores, logger, metrics, now, platform: web },
        setup: around.setUp?.(
          { stores, arxiv, authors, clock, logger, signal: around.signal },
          {
            isNew: config.isExample,
            isAdmin: (visitor) => rightsOf(visitor, config.admins, connections.isPerson).mayManage(undefined),
          },
        ),
        guard: { ...config.web, clock },
        site: createLiveSite({
          ...{ stores, activity, now, prompt: systemPrompt, publicUrl },
          ...{ hasModel: llm !== undefined, problemsVersion: health.version },
          problems: async (name) => [...(await health.problems(name)), ...(await topicsProblems(name))],
          get channels() {
            return shown();
          },
        }),
        get channels() {
          return shown();
        },
        webhooks: [...platforms.values()].flatMap(({ webhook }) => webhook ?? []),
        async preview(name, date, limits, signal) {
          const channel = channels.list().find((one) => one.name === name);
          return channel && (await services.draft({ ...channel, ...limits }, date, signal))?.counts.relevant;
        },
        complete: (input, destination) => completionsFor(input, destination, { commands, suggest: handlers.suggest }),
        async health() {
          const full = await readHealth({ ...watched, isStarted, channels: channels.list() });
          const { status, time } = full;
          return { isReady: status === 'ready', full, brief: { status, version: around.version, time } };
        },
      });
    },
    async close() {
      await counts.end();
      await connections.disconnect();
      await turns?.end();
      await activity.close();
      await work.close();
      await stores.close();
    },
  };
};
