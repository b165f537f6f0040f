import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Variables } from '../../config/environment.ts';
import { fileDefaults } from '../../config/schema.ts';
import { openDatabase } from '../../db/index.ts';
import { type Arxiv, createArxiv } from '../arxiv/arxiv.ts';
import { createAuthorIndex } from '../authors/author-index.ts';
import { createScholarClient } from '../authors/client.ts';
import type { Destination } from '../core/addresses.ts';
import type { AuthorIndex } from '../core/author.ts';
import type { ChatSetup } from '../core/chat-setup.ts';
import { type Clock, createClock } from '../core/clock.ts';
import { ExternalError } from '../core/errors.ts';
import { isReachable } from '../core/http.ts';
import type { Logger } from '../core/logger.ts';
import type { PlatformDescriptor } from '../core/platform.ts';
import type { Stores } from '../core/stores.ts';
import { type SuggestedCategories, suggestCategories } from './categories.ts';
import { type Choices, type Present, planFiles, readPresent, readTopics } from './files.ts';
import { type Interests, readInterests } from './interests.ts';
import { createModelSteps, type ModelServer, type ModelSteps } from './models.ts';
import { createPreviewer, type PreviewedDay, type Previewer } from './preview.ts';
import type { PlannedFile } from './write-files.ts';

/** The steps of setting Paperboy up, for a terminal or a page. Nothing is written until the planned files are. */
export type Setup = {
  present: Present;
  /** The topics file of a channel, if there is one. */
  topics(channel: string): Promise<string | undefined>;
  interests(text: string): Promise<Interests>;
  suggestCategories(interests: Pick<Interests, 'words' | 'liked'>, signal: AbortSignal): Promise<SuggestedCategories>;
  previewer: Previewer;
  models: ModelSteps;
  /** Platforms with steps of their own. */
  chats: readonly {
    name: string;
    label: string;
    example: string;
    open(): Promise<ChatSetup>;
    /** The name of a channel; undefined if the platform does not say it soon. @param fresh Variables not yet written. */
    labelOf(destination: Destination, fresh?: Readonly<Record<string, string>>): Promise<string | undefined>;
  }[];
  plan(choices: Choices): Promise<PlannedFile[]>;
};

export type SetupParts = {
  env: Variables;
  cwd: string;
  platforms: readonly PlatformDescriptor[];
  version: string;
  logger: Logger;
  signal: AbortSignal;
  /** Where servers of language models may run on this machine. */
  modelServers?: readonly ModelServer[] | undefined;
};

/** What the steps read with, until the signal is aborted. */
export type SetupServices = {
  stores: Stores;
  arxiv: Arxiv;
  authors: AuthorIndex;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
};

/** Longer than arXiv takes for its largest category. */
const maxArxivMs = 60_000;

const maxLabelMs = 3_000;

const builtInCriteria = new URL('../../config/criteria.md', import.meta.url);

/** @throws UserError if what is there cannot be understood. */
export const createSetup = async (
  parts: Pick<SetupParts, 'env' | 'cwd' | 'platforms' | 'modelServers'>,
  { stores, arxiv, authors, clock, logger, signal }: SetupServices,
): Promise<Setup> => {
  const { env, cwd, platforms, modelServers } = parts;
  const present = await readPresent({ env, cwd, platforms });
  const set = present.file ?? fileDefaults;
  const { webUrl } = present.environment.arxiv;
  /** Somebody waits. Without a network, or if arXiv is overloaded, a request would take as long as it may. */
  const inTime =
    <A, R>(work: (subject: A, signal: AbortSignal) => Promise<R>) =>
    async (subject: A, until: AbortSignal): Promise<R> => {
      const fail = (message: string) => new ExternalError({ service: 'arXiv', message });
      if (!(await isReachable(webUrl))) throw fail('arXiv cannot be reached. Check the network.');
      const limit = AbortSignal.timeout(maxArxivMs);
      try {
        return await work(subject, AbortSignal.any([until, limit]));
      } catch (error) {
        throw limit.aborted && !until.aborted ? fail('arXiv did not answer in time. Try again later.') : error;
      }
    };
  const source = arxiv.source('command');
  const find = inTime(arxiv.papers.find);
  const newest = inTime(source.newest);
  return {
    present,
    topics: (channel) => readTopics(present, channel),
    interests: (text) => readInterests(text, find, signal),
    suggestCategories: (interests, until) => suggestCategories(interests, inTime(arxiv.search), until),
    previewer: await createPreviewer({
      ...{ stores, authors, clock, logger },
      // Goes on although somebody changes the words, because the next preview needs the papers too.
      source: { ...source, newest: (category) => newest(category, signal) },
      defaults: {
        schedule: set.schedule,
        language: set.language,
        criteria: await readFile(builtInCriteria, 'utf8'),
      },
    }),
    models: createModelSteps({ stores, clock, logger, timezone: set.timezone, scorer: set.scorer }, modelServers),
    chats: platforms.flatMap(({ name, label, example, setUp, variables }) => {
      if (!setUp) return [];
      const apiVariable = Object.keys(variables).find((one) => one.endsWith('_API_URL')) ?? '';
      const open = () => setUp({ apiUrl: present.variables[apiVariable] || undefined, clock, logger });
      const labelOf = async (destination: Destination, variables: Variables): Promise<string | undefined> => {
        const { tokens, open: connect } = await open();
        const known = tokens.map(({ variable }) => [variable, variables[variable] ?? ''] as const);
        if (!known.every(([, token]) => token)) return undefined;
        const access = await connect(Object.fromEntries(known));
        return access.labelOf(destination).finally(access.close);
      };
      return [
        {
          ...{ name, label, example, open },
          labelOf: (destination, fresh) =>
            Promise.race([
              labelOf(destination, { ...present.variables, ...fresh }),
              delay(maxLabelMs, undefined, { ref: false }),
            ]).catch(() => undefined),
        },
      ];
    }),
    // Somebody may have edited the files meanwhile.
    plan: async (choices) => planFiles(await readPresent({ env, cwd, platforms }), choices, { env, cwd, platforms }),
  };
};

/** Somebody waits for each request. */
const arxivLimits = { maxAttempts: 2, timeoutMs: 20_000 };

/** A set-up without a running bot. What it reads is kept in memory. @throws UserError as `createSetup` does */
export const createOwnSetup = async (parts: SetupParts) => {
  const { env, cwd, platforms, version, logger, signal } = parts;
  const { environment } = await readPresent({ env, cwd, platforms });
  const clock = createClock(environment.now);
  const stores = await openDatabase({ kind: 'sqlite', file: ':memory:' });
  const userAgent = `Paperboy/${version} (arXiv reader for research teams)`;
  const remote = { fetch, clock, logger, random: Math.random, userAgent };
  const { announcements } = stores;
  const arxiv = createArxiv({ ...remote, limits: arxivLimits, urls: environment.arxiv, announcements });
  const client = createScholarClient({ ...environment.s2, ...remote });
  const authors = createAuthorIndex({ client, store: stores.authors, clock, logger });
  return {
    ...(await createSetup(parts, { stores, arxiv, authors, clock, logger, signal })),
    /**
     * Stores the announcement of a preview in the database, so that the first run need not fetch it again.
     * @throws UserError if the database cannot be opened.
     */
    async keep({ draft, channel, sampleReason }: PreviewedDay): Promise<void> {
      if (!draft || sampleReason !== undefined) return;
      const { date } = draft;
      const kept = await openDatabase(environment.database);
      try {
        for (const category of channel.categories) {
          if (await kept.announcements.has(date, [category])) continue;
          const papers = await stores.announcements.read(date, [category]);
          await kept.announcements.save({ date, category, papers: [...papers] });
        }
      } finally {
        await kept.close();
      }
    },
    /** Lets the first digest of a channel wait for its scheduled time. @throws UserError as `keep` does */
    async postpone(channel: string): Promise<void> {
      const kept = await openDatabase(environment.database);
      try {
        const change = { at: clock.now().toISOString(), person: 'console:local:admin', channel };
        await kept.changes.add({ ...change, action: 'postpone', value: {} });
      } finally {
        await kept.close();
      }
    },
    close: () => stores.close(),
  };
};

/** A set-up with its own database in memory, which must be closed. */
export type OwnSetup = Awaited<ReturnType<typeof createOwnSetup>>;
