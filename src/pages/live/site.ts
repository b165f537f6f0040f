import type { Activity } from '../../core/run.ts';
import type { LiveSite, LiveState, Reader } from '../../core/site.ts';
import type { Stores } from '../../core/stores.ts';
import type { Ballot, Ballots } from '../ballot.ts';
import type { PageChannel, PageStores } from '../day.ts';
import { type Html, nothing } from '../html.ts';
import type { Links } from '../links.ts';
import { withoutDirection } from '../prose.ts';
import { signInPage } from '../sign-in-page.ts';
import { createSite, type LiveView, type SiteParts } from '../site.ts';
import { activityLine, describeActivity } from './activity.ts';
import { commandBox, exchangeHtml } from './conversation.ts';
import { script } from './files.ts';
import { postList } from './posts.ts';
import { sidebar } from './sidebar.ts';
import { readState } from './state.ts';

/** A channel as its live pages show it. */
export type LiveChannel = PageChannel & {
  /** Its place on the web platform; undefined where it posts nothing there, so that it can only be read. */
  place: string | undefined;
};

export type LiveSiteParts = Omit<SiteParts, 'channels' | 'stores'> & {
  channels: readonly LiveChannel[];
  stores: PageStores & Pick<Stores, 'outbox' | 'webMessages'>;
  activity: Activity;
};

/** Messages besides the digests that a channel's page shows. */
const postsShown = 50;

/** The date of a day's page; undefined for any other. */
const dateOf = (page: string): string | undefined => /^(\d{4}-\d{2}-\d{2})\.html$/.exec(page)?.[1];

const createView = (parts: LiveSiteParts, reader: Reader): LiveView => {
  const { channels, stores, activity, now } = parts;
  const channelOf = (name: string) => channels.find((channel) => channel.name === name);

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
      const mayTalk = reader.person !== undefined && channel?.place !== undefined;
      return {
        sidebar: sidebar({ channels: listed, open, reader }, links),
        dock: open && mayTalk ? commandBox({ ...open, reader }, links) : nothing,
        activity: channel ? activityLine(describeActivity(activity.of(channel.name), channel, now())) : nothing,
        stream: open && channel ? await stateOf(channel, open.page, links) : undefined,
      };
    },

    async ballots(digest, links): Promise<Ballots> {
      const { channel: name, digestId, entries, nearest } = digest;
      const ids = [...entries, ...nearest].map(({ paper }) => paper.id);
      const { person } = reader;
      const place = channelOf(name)?.place;
      const counts = await stores.reactions.votes(name, ids);
      const own = person === undefined ? new Map() : await stores.reactions.votesOf(name, ids, person);
      const sent = place === undefined || person === undefined ? [] : await stores.outbox.list(digestId, place);
      const messages = new Map(sent.map(({ paperId, message }) => [paperId, message?.messageId]));
      const address = links.file(name, 'reactions');
      return new Map(
        ids.map((id): [string, Ballot] => {
          const message = messages.get(id);
          return [id, { count: counts.get(id), box: message ? { address, message, own: own.get(id) } : undefined }];
        }),
      );
    },

    async posts(channel): Promise<Html> {
      const place = channelOf(channel.name)?.place;
      if (place === undefined) return nothing;
      const headers = await stores.webMessages.posts(place, postsShown);
      return postList(await Promise.all(headers.map(({ key }) => stores.webMessages.thread(key))), channel);
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

  async exchange(exchange) {
    return withoutDirection(String(await exchangeHtml(exchange)));
  },

  signIn: signInPage,
});
