import { html } from 'hono/html';
import QuickLRU from 'quick-lru';
import type { Digest } from '../../core/digest.ts';
import { withoutControls } from '../../core/folding.ts';
import { type IsoDate, isSamplePaper } from '../../core/paper.ts';
import type { LiveSite, LiveState, Reader } from '../../core/site.ts';
import type { Ballot } from '../day/acts.ts';
import { type PageChannel, shownIds } from '../day/day.ts';
import { filterOf } from '../day/filter.ts';
import { scriptFile } from '../files.ts';
import { type Html, nothing } from '../html.ts';
import { type Links, linksFrom, pageName, paperAnchor } from '../links.ts';
import type { Desk } from '../message.ts';
import { createSite, type Keep, type LiveView, readDates } from '../site.ts';
import { commandBox, exchangeHtml, noCommandBox, postList, setupOffer, shownDays, sidebar } from './live-frame.ts';
import { missingPage, problemPage, signInPage } from './pages.ts';
import { savedFile, savedPage, savedPageName } from './saved.ts';
import { limitsSlider } from './slider.ts';
import {
  activityLine,
  describeActivity,
  expectedDigest,
  fingerprintOf,
  type LiveChannel,
  type LiveSiteParts,
  problemList,
  readSeen,
  readState,
  type Seen,
  withScores,
} from './state.ts';

const maxQueryLength = 200;

const dateOf = (page: string): string | undefined => /^(\d{4}-\d{2}-\d{2})\.html$/.exec(page)?.[1];

const createView = (parts: LiveSiteParts & { keepRead: Keep }, reader: Reader): LiveView => {
  const { channels, stores, keepRead } = parts;
  const channelOf = (name: string) => channels.find((channel) => channel.name === name);

  /** Receives the reader's commands; undefined if the reader has no rights or the channel accepts no commands. */
  const deskOn = (channel: string, page: string, links: Links): Desk | undefined =>
    reader.person !== undefined && channelOf(channel)?.destination !== undefined
      ? { address: links.file(channel, 'commands'), page }
      : undefined;

  const sidebarOf = async (
    open: { name: string; page: string; dates: readonly IsoDate[] } | undefined,
    links: Links,
  ) => {
    const newest = await keepRead('newest dates', () => stores.digests.newestDates(channels.map(({ name }) => name)));
    const shown = open && shownDays(open.dates);
    const days = shown ? await keepRead(`days ${open.name}`, () => stores.digests.summaries(open.name, shown)) : [];
    return sidebar(
      {
        channels: channels.map(({ name }) => ({ name, newest: newest.get(name) })),
        open: open && { ...open, days },
        reader,
      },
      links,
    );
  };

  const problemsOf: LiveSiteParts['problems'] = (name) =>
    keepRead(`problems ${name ?? ''}`, () => parts.problems(name));

  // Shown only to people who may act, because the texts contain services and addresses.
  const problemsFor = (problems: Seen['problems']): Html =>
    reader.person === undefined ? nothing : html`${setupOffer(reader)}${problemList(problems)}`;

  const dockOf = (page: string, { name, destination, isFormer = false }: LiveChannel, links: Links): Html => {
    if (reader.person === undefined) return nothing;
    return destination === undefined
      ? noCommandBox(name, isFormer)
      : commandBox({ channel: name, page, exchange: reader.exchange }, links);
  };

  const dayFor = async (digest: Digest, channel: LiveChannel, { sent, rescored }: Seen, page: string, links: Links) => {
    const { name } = channel;
    const ids = shownIds(digest);
    const { person } = reader;
    const { counts, own } = await stores.reactions.ballots(name, ids, person);
    const messages = new Map(
      person === undefined ? [] : sent.map(({ paperId, message }) => [paperId, message?.messageId]),
    );
    const desk = deskOn(name, page, links);
    const [saved, read] =
      person === undefined
        ? [new Set(), new Set()]
        : await Promise.all([stores.saved.among(person, ids), stores.readMarks.among(person, ids)]);
    const dayLink = parts.publicUrl
      ? `${parts.publicUrl}/${name}/${pageName(digest)}`
      : links.file(name, pageName(digest));
    const ballots = new Map(
      [...digest.entries, ...digest.nearest].map(({ paper: { id }, score, rank }): [string, Ballot] => {
        const message = messages.get(id);
        const anchor = paperAnchor(rank);
        const ballot = {
          count: counts.get(id),
          box: message
            ? { address: `${links.file(name, 'reactions')}${anchor}`, message, own: own.get(id) }
            : undefined,
          // Commands do not work for sample papers.
          desk: isSamplePaper({ id })
            ? undefined
            : desk && { ...desk, hasModel: parts.hasModel && channel.rubric !== undefined },
          before: rescored.has(id) ? score : undefined,
          own: desk && {
            ...{ isSaved: saved.has(id), isRead: read.has(id) },
            address: `${links.file(name, 'marks')}${anchor}`,
          },
          link: `${dayLink}${anchor}`,
        };
        return [id, ballot];
      }),
    );
    const slider = desk ? limitsSlider(digest, channel.limits, desk, links.file(name, 'preview')) : nothing;
    return { digest: withScores(digest, rescored), votes: counts, ballots, slider };
  };

  const view: LiveView = {
    filter: filterOf(reader.query),
    mayMark: reader.person !== undefined,

    async frame(links) {
      return {
        sidebar: await sidebarOf(undefined, links),
        ...{ dock: nothing, activity: nothing, stream: undefined },
        problems: problemsFor(await problemsOf(undefined)),
      };
    },

    async open({ channel: { name, timezone }, page, dates, digest }, links) {
      const channel = channelOf(name) ?? { name, timezone, destination: undefined };
      const date = dateOf(page);
      const seen = await readSeen(
        channel,
        { date, dates, digest: digest ?? (date === undefined ? await stores.digests.newest(name) : undefined) },
        { ...parts, problems: problemsOf },
      );
      const desk = deskOn(name, page, links);
      const address = `${links.file(name, 'live')}${date ? `?date=${date}` : ''}`;
      return {
        frame: {
          sidebar: await sidebarOf({ name, page, dates }, links),
          dock: dockOf(page, channel, links),
          activity: activityLine(await describeActivity(channel, parts), desk),
          problems: problemsFor(seen.problems),
          stream: { address, content: fingerprintOf(seen) },
        },
        posts: page === 'index.html' ? postList(seen.posts, channel, desk) : nothing,
        day: digest && (await dayFor(digest, channel, seen, page, links)),
      };
    },

    async saved(channel, ending) {
      if (reader.person === undefined) return undefined;
      const saved = await stores.saved.list(reader.person);
      const links = linksFrom(channel.name);
      const query = (reader.query?.q ?? '').trim().slice(0, maxQueryLength);
      const desk = deskOn(channel.name, savedPageName, links);
      const list = {
        channel,
        saved,
        query,
        desk,
        marks: desk && links.file(channel.name, 'marks'),
      };
      if (ending !== 'html') return savedFile(ending, list);
      const dates = await readDates(channel.name, parts);
      const { frame } = await view.open({ channel, page: savedPageName, dates, digest: undefined }, links);
      return { type: 'text/html; charset=utf-8', body: await savedPage(list, links, frame) };
    },
  };
  return view;
};

/** Days begin at such times in all time zones. */
const quarterMs = 900_000;

/**
 * Counts the changes of what pages depend on: the stores, the channels, their activity, and the day in any time zone, for
 * words such as "today".
 */
const createVersion = (parts: LiveSiteParts): LiveSite['version'] => {
  let seen: readonly unknown[] = [];
  let count = 0;
  return async () => {
    const { stores, activity, now } = parts;
    const quarter = Math.floor(now().getTime() / quarterMs);
    const shown = [await stores.version(), quarter, parts.channels, activity.version(), parts.problemsVersion?.()];
    if (shown.some((one, at) => one !== seen[at])) count += 1;
    seen = shown;
    return count;
  };
};

/** What all readers share is kept while the version is the same: whole pages, and what is read for a page. */
const maxKept = { page: 100, read: 500 };

/** Keeps the newest `maxSize` of what is made for one version. */
const createKeep = (maxSize: number) => {
  const kept = new QuickLRU<string, Promise<unknown>>({ maxSize });
  let keptAt = 0;
  /** @param version Read before anything is made, so that a change meanwhile counts as later. */
  return (version: number): Keep => {
    if (version > keptAt) kept.clear();
    keptAt = Math.max(keptAt, version);
    return <T>(key: string, make: () => Promise<T>): Promise<T> => {
      if (version < keptAt) return make();
      // The same key is always made alike.
      const before = kept.get(key) as Promise<T> | undefined;
      if (before) return before;
      const made = make();
      kept.set(key, made);
      made.catch(() => kept.get(key) === made && kept.delete(key));
      return made;
    };
  };
};

export const createLiveSite = (parts: LiveSiteParts): LiveSite => {
  const version = createVersion(parts);
  const keepPages = createKeep(maxKept.page);
  const keepReads = createKeep(maxKept.read);

  return {
    version,

    async file(path, reader, known) {
      const script = await scriptFile(path);
      if (script) return script;
      const at = known ?? (await version());
      // The channels are read once, so that all of a page is about the same ones.
      const now = {
        ...parts,
        ...{ keep: keepPages(at), keepRead: keepReads(at) },
        expected: (channel: PageChannel) => expectedDigest(channel, parts),
      };
      return createSite(now, createView(now, reader)).file(path);
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
  };
};
