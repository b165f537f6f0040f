import { isIsoDate } from '../core/dates.ts';
import type { Digest } from '../core/digest.ts';
import { jsonFile } from '../core/json.ts';
import type { IsoDate } from '../core/paper.ts';
import type { Rubric } from '../core/score.ts';
import type { Site, SiteFile } from '../core/site.ts';
import { readBestByScore } from '../digest/best-order.ts';
import { daysOf, monthsOf, yearsOf } from './dates.ts';
import { type Day, type PageChannel, type PageStores, readDay, shownIds } from './day/day.ts';
import { dayPage } from './day/day-page.ts';
import type { PaperFilter } from './day/filter.ts';
import type { Ballots } from './day/papers.ts';
import { staticFile, staticPaths } from './files.ts';
import { channelFeed, feedDays, topicFeedName, topicsWithFeed } from './formats/feed.ts';
import { dayAsJson } from './formats/json.ts';
import { dayAsMarkdown } from './formats/markdown.ts';
import { framed, type LiveFrame, type SharedPage } from './frame.ts';
import type { Html } from './html.ts';
import { type Links, linksFrom, pageName } from './links.ts';
import { bestOfMany, type ChannelSection, channelPage, type Expected, indexPage } from './overview/front.ts';
import { monthPage, yearPage } from './overview/month-and-year.ts';

export type SiteParts = {
  channels: readonly PageChannel[];
  stores: PageStores;
  now: () => Date;
  prompt: (rubric: Rubric) => string;
  /** Where people reach the pages, without a slash at the end. */
  publicUrl?: string | undefined;
  /** Of whole pages. */
  keep?: Keep;
  /** Of what is read for a page. */
  keepRead?: Keep;
  /** When the first digest of a channel comes; undefined while it is made. */
  expected?: ((channel: PageChannel) => Promise<Expected | undefined>) | undefined;
};

/** Makes something, or returns what it made before under this key if nothing has changed since. */
export type Keep = <T>(key: string, make: () => Promise<T>) => Promise<T>;

/** A page of a channel. */
type OpenPage = {
  channel: PageChannel;
  page: string;
  /** Of the channel's digests, newest first. */
  dates: readonly IsoDate[];
  /** Undefined for pages that show no whole digest. */
  digest: Digest | undefined;
};

/** What the running bot adds to a page, for its reader. */
type LivePage = {
  frame: LiveFrame;
  posts: Html;
  /** Undefined without a digest. */
  day: (Pick<Day, 'digest' | 'votes'> & { ballots: Ballots; slider: Html }) | undefined;
};

export type LiveView = {
  /** Of the page of all channels. */
  frame(links: Links): Promise<LiveFrame>;
  open(page: OpenPage, links: Links): Promise<LivePage>;
  filter: PaperFilter;
  mayMark: boolean;
  /** The reader's own list; undefined for readers without rights. */
  saved(channel: PageChannel, ending: string): Promise<SiteFile | undefined>;
};

const makeEach: Keep = (_, make) => make();

/** Of the channel's digests, newest first. */
export const readDates = (
  channel: string,
  { stores, keepRead = makeEach }: Pick<SiteParts, 'stores' | 'keepRead'>,
): Promise<IsoDate[]> => keepRead(`dates ${channel}`, () => stores.digests.dates(channel));

const page = (body: string): SiteFile => ({ type: 'text/html; charset=utf-8', body });

const beside = (all: readonly string[], one: string): { previous: string | undefined; next: string | undefined } => ({
  previous: all.find((other) => other < one),
  next: all.findLast((other) => other > one),
});

const createChannelPages = (channel: PageChannel, parts: SiteParts, view: LiveView | undefined) => {
  const { stores, now, prompt, publicUrl, keep = makeEach, expected } = parts;
  const { name } = channel;
  const datesOf = (): Promise<IsoDate[]> => readDates(name, parts);

  const withVotes = async (digest: Digest, dates: readonly IsoDate[]): Promise<Day> =>
    readDay(channel, { digest, dates, votes: await stores.reactions.votes(name, shownIds(digest)) }, stores);

  /** A day's page. In the running bot, the newest is also the channel's page. */
  const wholeDay = async (
    digest: Digest,
    dates: readonly IsoDate[],
    file: string,
    folder: string | undefined,
  ): Promise<SiteFile> => {
    const open = await view?.open({ channel, page: file, dates, digest }, linksFrom(folder));
    if (!view || !open?.day) return page(await dayPage(await withVotes(digest, dates), prompt));
    const { frame, posts, day } = open;
    const { ballots, slider } = day;
    return page(
      await dayPage(await readDay(channel, { dates, digest: day.digest, votes: day.votes }, stores), prompt, {
        ...{ frame, ballots, slider, posts, folder, file },
        ...{ filter: view.filter, mayMark: view.mayMark },
      }),
    );
  };

  const front = async (folder: string | undefined): Promise<SiteFile> => {
    const dates = await datesOf();
    const digest = await stores.digests.newest(name);
    if (view && digest) return wholeDay(digest, dates, 'index.html', folder);
    const live = await view?.open({ channel, page: 'index.html', dates, digest }, linksFrom(folder));
    const newest = digest && (await withVotes(digest, dates));
    const days = await stores.digests.summaries(name);
    const overview = { channel, newest, days, expected: newest ? undefined : await expected?.(channel) };
    return page(await channelPage(overview, folder, live?.frame, live?.posts));
  };

  const day = async (digest: Digest, ending: string): Promise<SiteFile> => {
    const dates = await datesOf();
    if (ending === 'html') return wholeDay(digest, dates, pageName(digest), name);
    const read = await withVotes(digest, dates);
    const shownPrompt = read.rubric ? prompt(read.rubric) : '';
    if (ending === 'md') return { type: 'text/markdown; charset=utf-8', body: dayAsMarkdown(read, shownPrompt) };
    return { type: 'application/json; charset=utf-8', body: jsonFile(dayAsJson(read, shownPrompt)) };
  };

  const month = async (of: string): Promise<SharedPage | undefined> => {
    if (!isIsoDate(`${of}-01`)) return undefined;
    const { from, to } = daysOf(of);
    const digests = await stores.digests.between(name, from, to);
    if (digests.length === 0) return undefined;
    const votes = await stores.reactions.votes(name, digests.flatMap(shownIds));
    const dates = await datesOf();
    return monthPage({ channel, month: of, digests, votes, ...beside(monthsOf(dates), of) });
  };

  const year = async (of: string): Promise<SharedPage | undefined> => {
    const [from, to] = [`${of}-01-01`, `${of}-12-31`];
    const days = (await stores.digests.summaries(name, { from, to })).reverse();
    if (days.length === 0) return undefined;
    const best = await readBestByScore((limit) => stores.digests.best(name, from, to, limit));
    return yearPage({ channel, year: of, days, best, ...beside(yearsOf(await datesOf()), of) });
  };

  const monthOrYear = async (of: string): Promise<SiteFile | undefined> => {
    const made = await keep(`${name}/${of}`, () => (of.length === 7 ? month(of) : year(of)));
    if (!made) return undefined;
    const live = await view?.open(
      { channel, page: `${of}.html`, dates: await datesOf(), digest: undefined },
      linksFrom(name),
    );
    return page(await framed(made, live?.frame));
  };

  const newestDigests = async (): Promise<Digest[]> => {
    const newest = (await datesOf()).slice(0, feedDays);
    const [to, from] = [newest[0], newest.at(-1)];
    return from === undefined || to === undefined ? [] : (await stores.digests.between(name, from, to)).reverse();
  };

  const feedFiles = async (): Promise<string[]> => [
    'feed.xml',
    ...topicsWithFeed(await newestDigests()).flatMap((topic) => topicFeedName(topic) ?? []),
  ];

  const feed = async (file: string): Promise<SiteFile | undefined> => {
    const digests = await newestDigests();
    const topic = topicsWithFeed(digests).find((one) => topicFeedName(one) === file);
    if (topic === undefined && file !== 'feed.xml') return undefined;
    const base = publicUrl && `${publicUrl}/${name}/`;
    return {
      type: 'application/atom+xml; charset=utf-8',
      body: channelFeed({ channel: name, digests, now: now(), base, topic }),
    };
  };

  return {
    front,

    async file(file: string): Promise<SiteFile | undefined> {
      if (file === 'index.html') return front(name);
      if (/^feed(?:-[a-z0-9-]+)?\.xml$/.test(file)) return feed(file);
      const [, format] = /^saved\.(html|bib|ris|json)$/.exec(file) ?? [];
      if (format !== undefined) return view?.saved(channel, format);
      const [, of = '', ending = ''] = /^(\d{4}(?:-\d{2}){0,2})\.(html|md|json)$/.exec(file) ?? [];
      if (of.length === 10) {
        const digest = isIsoDate(of) ? await stores.digests.find(name, of) : undefined;
        return digest ? day(digest, ending) : undefined;
      }
      return ending === 'html' ? monthOrYear(of) : undefined;
    },

    async paths(): Promise<string[]> {
      const dates = await datesOf();
      const days = dates.flatMap((date) => [`${date}.html`, `${date}.md`, `${date}.json`]);
      const above = [...monthsOf(dates), ...yearsOf(dates)].map((of) => `${of}.html`);
      return ['index.html', ...(await feedFiles()), ...above, ...days].map((file) => `${name}/${file}`);
    },
  };
};

/** The pages of the channels, created from the stores on each request. With a view, as in the running bot. */
/** The newest digest of each channel, read at once. */
const readSections = async ({ channels, stores, expected }: SiteParts): Promise<ChannelSection[]> => {
  const newest = await stores.digests.newestOf(
    channels.map(({ name }) => name),
    bestOfMany,
  );
  const votes = await stores.reactions.votesIn(new Map(newest.map(({ digest }) => [digest.channel, shownIds(digest)])));
  const byChannel = new Map(newest.map((one) => [one.digest.channel, one]));
  return Promise.all(
    channels.map(async (channel) => {
      const found = byChannel.get(channel.name);
      if (!found) return { channel, newest: undefined, expected: await expected?.(channel) };
      return { channel, newest: { ...found, votes: votes.get(channel.name) ?? new Map() } };
    }),
  );
};

export const createSite = (parts: SiteParts, view?: LiveView): Site => {
  const { channels, keep = makeEach } = parts;
  const pagesOf = (channel: PageChannel) => createChannelPages(channel, parts, view);
  const first = async (): Promise<SiteFile> => {
    const [only, ...others] = channels;
    if (only && others.length === 0) return pagesOf(only).front(undefined);
    const made = await keep('index', async () => indexPage(await readSections(parts)));
    return page(await framed(made, await view?.frame(linksFrom(undefined))));
  };
  return {
    async file(path) {
      if (path === 'index.html') return first();
      const fixed = await staticFile(path);
      if (fixed) return fixed;
      const [folder = '', file = '', ...deeper] = path.split('/');
      const channel = channels.find(({ name }) => name === folder);
      return channel && deeper.length === 0 ? pagesOf(channel).file(file) : undefined;
    },

    async paths() {
      const ofChannels = await Promise.all(channels.map((channel) => pagesOf(channel).paths()));
      return ['index.html', ...ofChannels.flat(), ...staticPaths];
    },
  };
};
