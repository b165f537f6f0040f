import { isIsoDate } from '../core/dates.ts';
import type { Digest } from '../core/digest.ts';
import { jsonFile } from '../core/json.ts';
import type { Rubric } from '../core/score.ts';
import type { Site, SiteFile } from '../core/site.ts';
import { readBestByScore } from '../digest/best-order.ts';
import { daysOf, monthsOf, yearOf, yearsOf } from './dates.ts';
import { type Day, type PageChannel, type PageStores, readDay } from './day/day.ts';
import { dayPage } from './day/day-page.ts';
import type { PaperFilter } from './day/filter.ts';
import type { Ballots } from './day/papers.ts';
import { staticFile, staticPaths } from './files.ts';
import { channelFeed, feedDays, topicFeedName, topicsWithFeed } from './formats/feed.ts';
import { dayAsJson } from './formats/json.ts';
import { dayAsMarkdown } from './formats/markdown.ts';
import type { LiveFrame } from './frame.ts';
import { type Html, nothing } from './html.ts';
import { type Links, linksFrom, pageName } from './links.ts';
import { channelPage, indexPage, type Overview } from './overview/front.ts';
import { monthPage, yearPage } from './overview/month-and-year.ts';

export type SiteParts = {
  channels: readonly PageChannel[];
  stores: PageStores;
  now: () => Date;
  prompt: (rubric: Rubric) => string;
  /** Where people reach the pages, without a slash at the end. */
  publicUrl?: string | undefined;
};

export type LiveView = {
  frame(open: { channel: string; page: string } | undefined, links: Links): Promise<LiveFrame>;
  day(digest: Digest, page: string, links: Links): Promise<{ digest: Digest; ballots: Ballots; slider: Html }>;
  posts(channel: PageChannel, links: Links): Promise<Html>;
  filter: PaperFilter;
  mayMark: boolean;
  /** The reader's own list; undefined for readers without rights. */
  saved(channel: PageChannel, ending: string): Promise<SiteFile | undefined>;
};

const page = (body: string): SiteFile => ({ type: 'text/html; charset=utf-8', body });

const beside = (all: readonly string[], one: string): { previous: string | undefined; next: string | undefined } => ({
  previous: all.find((other) => other < one),
  next: all.findLast((other) => other > one),
});

const createChannelPages = (
  channel: PageChannel,
  { stores, now, prompt, publicUrl }: SiteParts,
  view: LiveView | undefined,
) => {
  const { name } = channel;
  const summaries = () => stores.digests.summaries(name);
  const datesOf = async (): Promise<string[]> => (await summaries()).map(({ date }) => date);

  const overview = async (): Promise<Overview> => {
    const newest = await stores.digests.newest(name);
    return { channel, newest: newest && (await readDay(channel, newest, stores)), days: await summaries() };
  };

  const liveFrame = (file: string, folder: string | undefined): Promise<LiveFrame> | undefined =>
    view?.frame({ channel: name, page: file }, linksFrom(folder));

  /** A day's page. In the running bot, the newest is also the channel's page. */
  const wholeDay = async (day: Day, file: string, folder: string | undefined): Promise<SiteFile> => {
    if (!view) return page(await dayPage(day, prompt));
    const links = linksFrom(folder);
    const [frame, { digest, ballots, slider }, posts] = await Promise.all([
      view.frame({ channel: name, page: file }, links),
      view.day(day.digest, file, links),
      file === 'index.html' ? view.posts(channel, links) : nothing,
    ]);
    return page(
      await dayPage({ ...day, digest }, prompt, {
        ...{ frame, ballots, slider, posts, folder, file },
        ...{ filter: view.filter, mayMark: view.mayMark },
      }),
    );
  };

  const front = async (folder: string | undefined): Promise<SiteFile> => {
    const seen = await overview();
    if (view && seen.newest) return wholeDay(seen.newest, 'index.html', folder);
    return page(
      await channelPage(
        seen,
        folder,
        await liveFrame('index.html', folder),
        await view?.posts(channel, linksFrom(folder)),
      ),
    );
  };

  const day = async (digest: Digest, ending: string): Promise<SiteFile> => {
    const read = await readDay(channel, digest, stores);
    const shownPrompt = read.rubric ? prompt(read.rubric) : '';
    if (ending === 'md') return { type: 'text/markdown; charset=utf-8', body: dayAsMarkdown(read, shownPrompt) };
    if (ending === 'json')
      return {
        type: 'application/json; charset=utf-8',
        body: jsonFile(dayAsJson(read, shownPrompt)),
      };
    return wholeDay(read, pageName(digest), name);
  };

  const month = async (of: string): Promise<SiteFile | undefined> => {
    if (!isIsoDate(`${of}-01`)) return undefined;
    const { from, to } = daysOf(of);
    const digests = await stores.digests.between(name, from, to);
    if (digests.length === 0) return undefined;
    const ids = digests.flatMap(({ entries }) => entries.map(({ paper }) => paper.id));
    const votes = await stores.reactions.votes(name, ids);
    const month = { channel, month: of, digests, votes, ...beside(monthsOf(await datesOf()), of) };
    return page(await monthPage(month, await liveFrame(`${of}.html`, name)));
  };

  const year = async (of: string): Promise<SiteFile | undefined> => {
    const all = await summaries();
    const days = all.filter(({ date }) => yearOf(date) === of).reverse();
    if (days.length === 0) return undefined;
    const best = await readBestByScore((limit) => stores.digests.best(name, `${of}-01-01`, `${of}-12-31`, limit));
    const years = yearsOf(all.map(({ date }) => date));
    return page(
      await yearPage({ channel, year: of, days, best, ...beside(years, of) }, await liveFrame(`${of}.html`, name)),
    );
  };

  const newestDigests = async (): Promise<Digest[]> => {
    const dates = await datesOf();
    const newest = await Promise.all(dates.slice(0, feedDays).map((date) => stores.digests.find(name, date)));
    return newest.filter((digest) => digest !== undefined);
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
    overview,
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
      if (ending !== 'html') return undefined;
      return of.length === 7 ? month(of) : year(of);
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
export const createSite = (parts: SiteParts, view?: LiveView): Site => {
  const channels = new Map(parts.channels.map((channel) => [channel.name, createChannelPages(channel, parts, view)]));
  const first = async (): Promise<SiteFile> => {
    const all = [...channels.values()];
    const [only, ...others] = all;
    if (only && others.length === 0) return only.front(undefined);
    const overviews = await Promise.all(all.map((pages) => pages.overview()));
    return page(await indexPage(overviews, await view?.frame(undefined, linksFrom(undefined))));
  };
  return {
    async file(path) {
      if (path === 'index.html') return first();
      const fixed = await staticFile(path);
      if (fixed) return fixed;
      const [folder = '', file = '', ...deeper] = path.split('/');
      return deeper.length === 0 ? channels.get(folder)?.file(file) : undefined;
    },

    async paths() {
      const ofChannels = await Promise.all([...channels.values()].map((pages) => pages.paths()));
      return ['index.html', ...ofChannels.flat(), ...staticPaths];
    },
  };
};
