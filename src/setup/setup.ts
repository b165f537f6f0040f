import { readFile } from 'node:fs/promises';
import type { Variables } from '../../config/environment.ts';
import { fileDefaults } from '../../config/schema.ts';
import { openStores } from '../../db/index.ts';
import { createArxivClient } from '../arxiv/client.ts';
import { createPaperFinder } from '../arxiv/papers.ts';
import { searchPapers } from '../arxiv/search.ts';
import { createArxivSource } from '../arxiv/source.ts';
import { createAuthorIndex } from '../authors/author-index.ts';
import { createScholarClient } from '../authors/client.ts';
import type { ChatSetup } from '../core/chat-setup.ts';
import { createClock } from '../core/clock.ts';
import { ExternalError } from '../core/errors.ts';
import { isReachable } from '../core/http.ts';
import type { Logger } from '../core/logger.ts';
import type { PlatformDescriptor } from '../core/platform.ts';
import { type SuggestedCategories, suggestCategories } from './categories.ts';
import { type Choices, type PlannedFile, type Present, planFiles, readPresent, readTopics } from './files.ts';
import { type Interests, readInterests } from './interests.ts';
import { createModelSteps, type ModelServer, type ModelSteps } from './models.ts';
import { createPreviewer, type PreviewedDay, type Previewer } from './preview.ts';

/** The steps of setting Paperboy up, for a terminal or a page. Nothing is written until the planned files are. */
export type Setup = {
  present: Present;
  /** The topics file of a channel, if there is one. */
  topics(channel: string): Promise<string | undefined>;
  interests(text: string): Promise<Interests>;
  suggestCategories(interests: Pick<Interests, 'words' | 'liked'>): Promise<SuggestedCategories>;
  previewer: Previewer;
  models: ModelSteps;
  /** Platforms with steps of their own. */
  chats: readonly { name: string; label: string; example: string; open(): Promise<ChatSetup> }[];
  plan(choices: Choices): Promise<PlannedFile[]>;
  /**
   * Stores the announcement of a preview in the database, so that the first run need not fetch it again.
   * @throws UserError if the database cannot be opened.
   */
  keep(day: PreviewedDay): Promise<void>;
  close(): void;
};

type SetupParts = {
  env: Variables;
  cwd: string;
  platforms: readonly PlatformDescriptor[];
  version: string;
  logger: Logger;
  signal: AbortSignal;
  /** Where servers of language models may run on this machine. */
  modelServers?: readonly ModelServer[] | undefined;
};

/** Somebody waits for each request. */
const arxivLimits = { maxAttempts: 2, timeoutMs: 20_000 };

const builtInCriteria = new URL('../../config/criteria.md', import.meta.url);

/** @throws UserError if what is there cannot be understood. */
export const createSetup = async (parts: SetupParts): Promise<Setup> => {
  const { env, cwd, platforms, version, logger, signal, modelServers } = parts;
  const present = await readPresent({ env, cwd, platforms });
  const { environment } = present;
  const set = present.file ?? fileDefaults;
  const clock = createClock(environment.now);
  // What a preview reads is kept in memory.
  const stores = openStores(':memory:');
  const remote = { fetch, clock, logger, random: Math.random };
  const userAgent = `Paperboy/${version} (arXiv reader for research teams)`;
  const client = createArxivClient({ ...remote, userAgent, limits: arxivLimits });
  const { apiUrl } = environment.arxiv;
  /** Without a network, each request would take as long as it may. */
  const ifReachable =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (await isReachable(environment.arxiv.webUrl)) return work(...args);
      throw new ExternalError({ service: 'arXiv', message: 'arXiv cannot be reached. Check the network.' });
    };
  const source = createArxivSource({ ...environment.arxiv, client, logger });
  const search = ifReachable((terms: readonly string[]) => searchPapers({ client, apiUrl }, terms, signal));
  const finder = createPaperFinder({ client, apiUrl, clock, announcements: stores.announcements });
  const scholar = createScholarClient({ ...environment.s2, ...remote, userAgent });
  return {
    present,
    topics: (channel) => readTopics(present, channel),
    interests: (text) => readInterests(text, ifReachable(finder.find), signal),
    suggestCategories: (interests) => suggestCategories(interests, search, signal),
    previewer: await createPreviewer({
      ...{ stores, clock, logger, source: { ...source, newest: ifReachable(source.newest) } },
      authors: createAuthorIndex({ client: scholar, store: stores.authors, clock, logger }),
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
      return [{ name, label, example, open }];
    }),
    plan: (choices) => planFiles(present, choices, { env, cwd, platforms }),
    async keep({ draft, channel }) {
      if (!draft) return;
      const { date } = draft;
      const kept = openStores(environment.databaseFile);
      try {
        for (const category of channel.categories) {
          if (await kept.announcements.has(date, [category])) continue;
          const papers = await stores.announcements.read(date, [category]);
          await kept.announcements.save({ date, category, papers: [...papers] });
        }
      } finally {
        kept.close();
      }
    },
    close: () => stores.close(),
  };
};
