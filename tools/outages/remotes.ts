import { day, picked, verdictOf } from '../../tests/end-to-end/day.ts';
import { digestsOn } from '../../tests/end-to-end/discord.ts';
import { startModel } from '../../tests/end-to-end/model.ts';
import { digestsIn } from '../../tests/end-to-end/shown.ts';
import { type FakePaper, startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { startDiscordServer } from '../../tests/fakes/discord-server.ts';
import { startLocalSlack } from '../../tests/fakes/local-slack.ts';
import { type FakeScholarAuthor, startFakeScholar } from '../../tests/fakes/semantic-scholar.ts';
import type { Certificates } from './certificates.ts';
import { type Gate, startGate } from './gate.ts';

export const remoteNames = ['arxiv', 'model', 'scholar', 'slack', 'discord'] as const;
export type RemoteName = (typeof remoteNames)[number];

export const remoteTitles: Readonly<Record<RemoteName, string>> = {
  arxiv: 'arXiv',
  model: 'Language model',
  scholar: 'Semantic Scholar',
  slack: 'Slack',
  discord: 'Discord',
};

/** The day before is posted before the remote fails. */
const firstDate = '2025-07-07';
export const failingDate = '2025-07-08';

const firstDay: FakePaper[] = ['2507.00101', '2507.00102'].map((id, index) => ({
  id,
  title: `Gears of Monday ${index + 1}`,
  abstract: 'We study gear trains that turn on Mondays.',
  authors: ['Ada Monday', 'Ben Second'],
  categories: ['cs.LG'],
}));

/** Posted although the language model does not pick it, because its author is followed. */
const followedPaper = '2507.00006';
export const followedAuthor = { name: 'Ada First6', semanticScholarId: '1006' };

export const expectedPapers: readonly string[] = [...picked, followedPaper];

const authorsOf = ({ authors }: FakePaper): FakeScholarAuthor[] =>
  authors.map((name) => ({ authorId: String(1_000 + Number(/\d+$/.exec(name)?.[0] ?? 0)), name, hIndex: 10 }));

/** Where the channel posts, as its readers see it. */
export type Chat = {
  destination: string;
  admin: string;
  env: Record<string, string>;
  /** Ids of the papers of each digest. */
  digests(): Promise<string[][]>;
};

const directChannel = '77';

const startSlack = async () => {
  const slack = await startLocalSlack();
  return {
    target: new URL(slack.apiUrl).origin,
    chat: (url: string): Chat => ({
      destination: `slack:${slack.channels.general}`,
      admin: `slack:${slack.people.alice}`,
      env: {
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_API_URL: `${url}${new URL(slack.apiUrl).pathname}`,
      },
      digests: async () => (await digestsIn(slack)).map(({ ids }) => ids).filter((ids) => ids.length > 0),
    }),
    close: slack.close,
  };
};

const startDiscord = async () => {
  const discord = await startDiscordServer(({ method, path }) => {
    if (path === '/users/@me/channels') return { body: { id: directChannel, type: 1 } };
    return method === 'POST' && path === `/channels/${directChannel}/messages` ? { body: { id: '1' } } : undefined;
  });
  const { origin, pathname } = new URL(discord.apiUrl);
  return {
    target: origin,
    chat: (url: string): Chat => ({
      destination: `discord:${discord.state.general}`,
      admin: `discord:${discord.state.people.alice}`,
      env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: `${url}${pathname}` },
      digests: async () =>
        digestsOn(discord)
          .map(({ ids }) => ids)
          .filter((ids) => ids.length > 0),
    }),
    close: discord.close,
  };
};

export type Remotes = {
  chat: Chat;
  env: Record<string, string>;
  gates: Readonly<Partial<Record<RemoteName, Gate>>>;
  announce(date: string): void;
  close(): Promise<void>;
};

/** Starts the servers of a day, each behind a gate. @param certificates of the remote that is to fail, if it needs them. */
export const startRemotes = async (
  failing: RemoteName,
  speed: number,
  certificates: Certificates | undefined,
): Promise<Remotes> => {
  const closers: (() => Promise<void>)[] = [];
  const opened = <T extends { close(): Promise<void> }>(one: T): T => {
    closers.unshift(one.close);
    return one;
  };
  const arxiv = opened(await startFakeArxiv({ days: { [firstDate]: firstDay, [failingDate]: day }, date: firstDate }));
  const model = opened(await startModel((id) => verdictOf(id) ?? { relevance: 9, novelty: 9, comment: 'It turns.' }));
  const papers = Object.fromEntries([...firstDay, ...day].map((paper) => [paper.id, authorsOf(paper)]));
  const authors = {
    [followedAuthor.name]: [{ authorId: followedAuthor.semanticScholarId, ...followedAuthor, paperCount: 3 }],
  };
  const scholar = opened(await startFakeScholar({ papers, authors }));
  const chatName = failing === 'discord' ? 'discord' : 'slack';
  const platform = opened(await (chatName === 'discord' ? startDiscord() : startSlack()));
  const modelUrl = new URL(model.env.OPENAI_BASE_URL ?? '');

  const gate = async (name: RemoteName, target: string): Promise<Gate> =>
    opened(
      await startGate({
        ...{ name, target, speed },
        certificates: name === failing ? certificates : undefined,
        setStale: name === 'arxiv' ? (isStale) => arxiv.failAll(isStale ? { kind: 'stale' } : undefined) : undefined,
      }),
    );
  const gates = {
    arxiv: await gate('arxiv', arxiv.url),
    model: await gate('model', modelUrl.origin),
    scholar: await gate('scholar', scholar.url),
    [chatName]: await gate(chatName, platform.target),
  } as const;
  const chat = platform.chat(gates[chatName]?.url ?? '');

  return {
    chat,
    env: {
      ...chat.env,
      ...{ ARXIV_RSS_URL: gates.arxiv.url, ARXIV_WEB_URL: gates.arxiv.url, ARXIV_API_URL: gates.arxiv.url },
      ...{ OPENAI_BASE_URL: `${gates.model.url}${modelUrl.pathname}`, OPENAI_API_KEY: 'sk-outages-key' },
      ...{ S2_API_URL: gates.scholar.url, S2_API_KEY: 's2-outages-key' },
      ...(certificates && { NODE_EXTRA_CA_CERTS: certificates.file }),
    },
    gates,
    announce: arxiv.setDate,
    async close() {
      for (const close of closers) await close();
    },
  };
};
