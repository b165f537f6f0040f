import { withoutControls } from '../../core/folding.ts';
import { isSamplePaper } from '../../core/paper.ts';
import type { Score } from '../../core/score.ts';
import type { LiveSite, LiveState, Reader } from '../../core/site.ts';
import type { Ballot } from '../day/acts.ts';
import { filterOf } from '../day/filter.ts';
import { scriptFile } from '../files.ts';
import { type Html, nothing } from '../html.ts';
import { type Links, linksFrom, pageName, paperAnchor } from '../links.ts';
import type { Desk } from '../message.ts';
import { createSite, type LiveView } from '../site.ts';
import { commandBox, exchangeHtml, noCommandBox, postList, sidebar } from './live-frame.ts';
import { missingPage, problemPage, signInPage } from './pages.ts';
import { savedFile, savedPage, savedPageName } from './saved.ts';
import { limitsSlider } from './slider.ts';
import {
  activityLine,
  describeActivity,
  type LiveChannel,
  type LiveSiteParts,
  maxPosts,
  problemList,
  readRescored,
  readState,
  withScores,
} from './state.ts';

const maxQueryLength = 200;

const dateOf = (page: string): string | undefined => /^(\d{4}-\d{2}-\d{2})\.html$/.exec(page)?.[1];

const createView = (parts: LiveSiteParts, reader: Reader): LiveView => {
  const { channels, stores } = parts;
  const channelOf = (name: string) => channels.find((channel) => channel.name === name);

  /** Receives the reader's commands; undefined if the reader has no rights or the channel accepts no commands. */
  const deskOn = (channel: string, page: string, links: Links): Desk | undefined =>
    reader.person !== undefined && channelOf(channel)?.destination !== undefined
      ? { address: links.file(channel, 'commands'), page }
      : undefined;

  const stateOf = async (channel: LiveChannel, page: string, links: Links) => {
    const date = dateOf(page);
    const { content } = await readState(channel, date, parts);
    return { address: `${links.file(channel.name, 'live')}${date ? `?date=${date}` : ''}`, content };
  };

  const view: LiveView = {
    filter: filterOf(reader.query),
    mayMark: reader.person !== undefined,

    async frame(open, links) {
      const listed = await Promise.all(
        channels.map(async ({ name }) => ({ name, days: await stores.digests.summaries(name) })),
      );
      const channel = open && channelOf(open.channel);
      const dockOf = (page: string, { name, destination, isFormer = false }: LiveChannel): Html => {
        if (reader.person === undefined) return nothing;
        return destination === undefined
          ? noCommandBox(name, isFormer)
          : commandBox({ channel: name, page, exchange: reader.exchange }, links);
      };
      return {
        sidebar: sidebar({ channels: listed, open, reader }, links),
        dock: open && channel ? dockOf(open.page, channel) : nothing,
        activity:
          open && channel
            ? activityLine(await describeActivity(channel, parts), deskOn(channel.name, open.page, links))
            : nothing,
        // Shown only to people who may act, because the texts contain services and addresses.
        problems: reader.person === undefined ? nothing : problemList(await parts.problems(channel?.name)),
        stream: open && channel ? await stateOf(channel, open.page, links) : undefined,
      };
    },

    async day(digest, page, links) {
      const { channel: name, digestId, entries, nearest } = digest;
      const all = [...entries, ...nearest];
      const ids = all.map(({ paper }) => paper.id);
      const { person } = reader;
      const channel = channelOf(name);
      const destination = channel?.destination;
      const counts = await stores.reactions.votes(name, ids);
      const own = person === undefined ? new Map() : await stores.reactions.votesOf(name, ids, person);
      const sent =
        destination === undefined || person === undefined ? [] : await stores.outbox.list(digestId, destination);
      const messages = new Map(sent.map(({ paperId, message }) => [paperId, message?.messageId]));
      const address = links.file(name, 'reactions');
      const rescored = channel ? await readRescored(digest, channel, stores) : new Map<string, Score>();
      const desk = deskOn(name, page, links);
      const [saved, read] =
        person === undefined
          ? [new Set(), new Set()]
          : await Promise.all([stores.saved.among(person, ids), stores.readMarks.among(person, ids)]);
      const dayLink = parts.publicUrl
        ? `${parts.publicUrl}/${name}/${pageName(digest)}`
        : links.file(name, pageName(digest));
      const ballots = new Map(
        all.map(({ paper: { id }, score, rank }): [string, Ballot] => {
          const message = messages.get(id);
          const ballot = {
            count: counts.get(id),
            box: message ? { address: `${address}${paperAnchor(rank)}`, message, own: own.get(id) } : undefined,
            // Commands do not work for sample papers.
            desk: isSamplePaper({ id })
              ? undefined
              : desk && { ...desk, hasModel: parts.hasModel && channel?.rubric !== undefined },
            before: rescored.has(id) ? score : undefined,
            own: desk && {
              ...{ isSaved: saved.has(id), isRead: read.has(id) },
              address: `${links.file(name, 'marks')}${paperAnchor(rank)}`,
            },
            link: `${dayLink}${paperAnchor(rank)}`,
          };
          return [id, ballot];
        }),
      );
      const slider = desk ? limitsSlider(digest, channel?.limits, desk, links.file(name, 'preview')) : nothing;
      return { digest: withScores(digest, rescored), ballots, slider };
    },

    async posts(channel, links): Promise<Html> {
      const destination = channelOf(channel.name)?.destination;
      if (destination === undefined) return nothing;
      const headers = await stores.webMessages.posts(destination, maxPosts);
      const threads = await Promise.all(headers.map(({ key }) => stores.webMessages.thread(key)));
      return postList(threads, channel, deskOn(channel.name, 'index.html', links));
    },

    async saved(channel, ending) {
      if (reader.person === undefined) return undefined;
      const saved = await stores.saved.list(reader.person);
      const links = linksFrom(channel.name);
      const query = (reader.query?.q ?? '').trim().slice(0, maxQueryLength);
      const list = {
        channel,
        saved,
        query,
        marks: deskOn(channel.name, savedPageName, links) && links.file(channel.name, 'marks'),
      };
      if (ending !== 'html') return savedFile(ending, list);
      const frame = await view.frame({ channel: channel.name, page: savedPageName }, links);
      return { type: 'text/html; charset=utf-8', body: await savedPage(list, links, frame) };
    },
  };
  return view;
};

export const createLiveSite = (parts: LiveSiteParts): LiveSite => ({
  async file(path, reader) {
    return (await scriptFile(path)) ?? createSite(parts, createView(parts, reader)).file(path);
  },

  async state(name, date): Promise<LiveState | undefined> {
    const channel = parts.channels.find((one) => one.name === name);
    return channel && readState(channel, date, parts);
  },

  async exchange(exchange, { channel, page }) {
    // An absolute address, because the page may be open in any folder.
    const desk = { address: `/${channel}/commands`, page };
    return withoutControls(String(await exchangeHtml(exchange, desk)));
  },

  missing: (path) => missingPage(path, parts),
  problem: problemPage,
  signIn: signInPage,
});
