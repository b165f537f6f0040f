import { isSamplePaper } from '../../core/paper-text.ts';
import type { Activity } from '../../core/run.ts';
import type { Score } from '../../core/score.ts';
import type { LiveSite, LiveState, Reader } from '../../core/site.ts';
import type { Stores } from '../../core/stores.ts';
import type { Ballot } from '../day/ballot.ts';
import type { PageChannel, PageStores } from '../day/day.ts';
import { type Html, nothing } from '../html.ts';
import type { Links } from '../links.ts';
import { withoutDirection } from '../math/prose.ts';
import type { Desk } from '../message.ts';
import { createSite, type LiveView, type SiteParts } from '../site.ts';
import { commandBox, exchangeHtml, noCommandBox, postList } from './conversation.ts';
import { script } from './files.ts';
import { missingPage, problemPage, signInPage } from './pages.ts';
import { sidebar } from './sidebar.ts';
import { activityLine, describeActivity, readRescored, readState, withScores } from './state.ts';

/** A channel as its live pages show it. */
export type LiveChannel = PageChannel & {
  /** Its place on the web platform; undefined where it posts nothing there, so that it can only be read. */
  place: string | undefined;
  /** Hash of its current rubric; undefined for a former channel. */
  rubric?: string | undefined;
  /** True if it was removed in chat. */
  isFormer?: boolean;
};

export type LiveSiteParts = Omit<SiteParts, 'channels' | 'stores'> & {
  channels: readonly LiveChannel[];
  stores: PageStores & Pick<Stores, 'changes' | 'outbox' | 'webMessages'>;
  activity: Activity;
  /** Whether a language model can rescore papers. */
  hasModel: boolean;
};

/** Messages besides the digests that a channel's page shows. */
export const postsShown = 50;

/** The date of a day's page; undefined for any other. */
const dateOf = (page: string): string | undefined => /^(\d{4}-\d{2}-\d{2})\.html$/.exec(page)?.[1];

const createView = (parts: LiveSiteParts, reader: Reader): LiveView => {
  const { channels, stores, activity, now } = parts;
  const channelOf = (name: string) => channels.find((channel) => channel.name === name);

  /** Where the reader's commands from a page go; undefined for one who may not ask, or a channel that takes none. */
  const deskOn = (channel: string, page: string, links: Links): Desk | undefined =>
    reader.person !== undefined && channelOf(channel)?.place !== undefined
      ? { address: links.file(channel, 'commands'), page }
      : undefined;

  const stateOf = async (channel: LiveChannel, page: string, links: Links) => {
    const date = dateOf(page);
    const { content } = await readState(channel, date, parts);
    return { address: `${links.file(channel.name, 'live')}${date ? `?date=${date}` : ''}`, content };
  };

  return {
    async frame(open, links) {
      const listed = await Promise.all(
        channels.map(async ({ name }) => ({ name, days: await stores.digests.summaries(name) })),
      );
      const channel = open && channelOf(open.channel);
      const dockOf = (page: string, { name, place, isFormer = false }: LiveChannel): Html => {
        if (reader.person === undefined) return nothing;
        return place === undefined ? noCommandBox(name, isFormer) : commandBox({ channel: name, page, reader }, links);
      };
      return {
        sidebar: sidebar({ channels: listed, open, reader }, links),
        dock: open && channel ? dockOf(open.page, channel) : nothing,
        activity: channel ? activityLine(describeActivity(activity.of(channel.name), channel, now())) : nothing,
        stream: open && channel ? await stateOf(channel, open.page, links) : undefined,
      };
    },

    async day(digest, page, links) {
      const { channel: name, digestId, entries, nearest } = digest;
      const all = [...entries, ...nearest];
      const ids = all.map(({ paper }) => paper.id);
      const { person } = reader;
      const place = channelOf(name)?.place;
      const counts = await stores.reactions.votes(name, ids);
      const own = person === undefined ? new Map() : await stores.reactions.votesOf(name, ids, person);
      const sent = place === undefined || person === undefined ? [] : await stores.outbox.list(digestId, place);
      const messages = new Map(sent.map(({ paperId, message }) => [paperId, message?.messageId]));
      const address = links.file(name, 'reactions');
      const channel = channelOf(name);
      const rescored = channel ? await readRescored(digest, channel, stores) : new Map<string, Score>();
      const desk = deskOn(name, page, links);
      const ballots = new Map(
        all.map(({ paper: { id }, score }): [string, Ballot] => {
          const message = messages.get(id);
          const ballot = {
            count: counts.get(id),
            box: message ? { address, message, own: own.get(id) } : undefined,
            // Nothing is known of an invented paper beyond its page.
            desk: isSamplePaper({ id })
              ? undefined
              : desk && { ...desk, hasModel: parts.hasModel && channel?.rubric !== undefined },
            before: rescored.has(id) ? score : undefined,
          };
          return [id, ballot];
        }),
      );
      return { digest: withScores(digest, rescored), ballots };
    },

    async posts(channel, links): Promise<Html> {
      const place = channelOf(channel.name)?.place;
      if (place === undefined) return nothing;
      const headers = await stores.webMessages.posts(place, postsShown);
      const threads = await Promise.all(headers.map(({ key }) => stores.webMessages.thread(key)));
      return postList(threads, channel, deskOn(channel.name, 'index.html', links));
    },
  };
};

/** The pages as the running bot serves them, each as its reader sees it. */
export const createLiveSite = (parts: LiveSiteParts): LiveSite => ({
  async file(path, reader) {
    return (await script(path)) ?? createSite(parts, createView(parts, reader)).file(path);
  },

  async state(name, date): Promise<LiveState | undefined> {
    const channel = parts.channels.find((one) => one.name === name);
    return channel && readState(channel, date, parts);
  },

  async exchange(exchange, { channel, page }) {
    // From the top, since it is not known in which folder the page is open.
    const desk = { address: `/${channel}/commands`, page };
    return withoutDirection(String(await exchangeHtml(exchange, desk)));
  },

  missing: (path) => missingPage(path, parts),
  problem: problemPage,
  signIn: signInPage,
});
