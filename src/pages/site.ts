import { isIsoDate } from '../core/clock.ts';
import type { Digest } from '../core/digest.ts';
import type { Rubric } from '../core/score.ts';
import type { Site, SiteFile } from '../core/site.ts';
import { asset, assetPaths } from './assets.ts';
import { readBestByScore } from './best.ts';
import { channelPage } from './channel-page.ts';
import { daysOf, monthsOf, type PageChannel, type PageStores, readDay, yearOf, yearsOf } from './day.ts';
import { dayPage } from './day-page.ts';
import { channelFeed, feedDays } from './feed.ts';
import { indexPage } from './index-page.ts';
import { dayAsJson } from './json.ts';
import { look, lookPaths } from './looks.ts';
import { dayAsMarkdown } from './markdown.ts';
import { monthPage } from './month-page.ts';
import type { Overview } from './newest.ts';
import { yearPage } from './year-page.ts';

export type SiteParts = {
  channels: readonly PageChannel[];
  stores: PageStores;
  now: () => Date;
  /** What a model is told under a rubric. */
  prompt: (rubric: Rubric) => string;
};

const page = (body: string): SiteFile => ({ type: 'text/html; charset=utf-8', body });

/** The values beside one, of a list sorted from the newest. */
const beside = (all: readonly string[], one: string): { previous: string | undefined; next: string | undefined } => ({
  previous: all.find((other) => other < one),
  next: all.findLast((other) => other > one),
});

/** The pages of one channel, by their names within its folder. */
const createChannelPages = (channel: PageChannel, { stores, now, prompt }: SiteParts) => {
  const { name } = channel;
  const summaries = () => stores.digests.summaries(name);
  const datesOf = async (): Promise<string[]> => (await summaries()).map(({ date }) => date);

  const overview = async (): Promise<Overview> => {
    const newest = await stores.digests.newest(name);
    return { channel, newest: newest && (await readDay(channel, newest, stores)), days: await summaries() };
  };

  const day = async (digest: Digest, ending: string): Promise<SiteFile> => {
    const read = await readDay(channel, digest, stores);
    const told = read.rubric ? prompt(read.rubric) : '';
    if (ending === 'md') return { type: 'text/markdown; charset=utf-8', body: dayAsMarkdown(read, told) };
    if (ending === 'json')
      return { type: 'application/json; charset=utf-8', body: `${JSON.stringify(dayAsJson(read, told), null, 2)}\n` };
    return page(await dayPage(read, prompt));
  };

  const month = async (of: string): Promise<SiteFile | undefined> => {
    if (!isIsoDate(`${of}-01`)) return undefined;
    const { from, to } = daysOf(of);
    const digests = await stores.digests.between(name, from, to);
    if (digests.length === 0) return undefined;
    const ids = digests.flatMap(({ entries }) => entries.map(({ paper }) => paper.id));
    const votes = await stores.reactions.votes(name, ids);
    return page(await monthPage({ channel, month: of, digests, votes, ...beside(monthsOf(await datesOf()), of) }));
  };

  const year = async (of: string): Promise<SiteFile | undefined> => {
    const all = await summaries();
    const days = all.filter(({ date }) => yearOf(date) === of).reverse();
    if (days.length === 0) return undefined;
    const best = await readBestByScore((limit) => stores.digests.best(name, `${of}-01-01`, `${of}-12-31`, limit));
    const years = yearsOf(all.map(({ date }) => date));
    return page(await yearPage({ channel, year: of, days, best, ...beside(years, of) }));
  };

  const feed = async (): Promise<SiteFile> => {
    const dates = await datesOf();
    const newest = await Promise.all(dates.slice(0, feedDays).map((date) => stores.digests.find(name, date)));
    const digests = newest.filter((digest) => digest !== undefined);
    return { type: 'application/atom+xml; charset=utf-8', body: channelFeed({ channel: name, digests, now: now() }) };
  };

  return {
    overview,

    async file(file: string): Promise<SiteFile | undefined> {
      if (file === 'index.html') return page(await channelPage(await overview(), name));
      if (file === 'feed.xml') return feed();
      if (file === 'sample.html') {
        const newest = await stores.digests.newest(name);
        return newest?.sample ? day(newest, 'html') : undefined;
      }
      const [, of = '', ending = ''] = /^(\d{4}(?:-\d{2}){0,2})\.(html|md|json)$/.exec(file) ?? [];
      if (of.length === 10) {
        const digest = isIsoDate(of) ? await stores.digests.find(name, of) : undefined;
        return digest && !digest.sample ? day(digest, ending) : undefined;
      }
      if (ending !== 'html') return undefined;
      return of.length === 7 ? month(of) : year(of);
    },

    async paths(): Promise<string[]> {
      const dates = await datesOf();
      const days = dates.flatMap((date) => [`${date}.html`, `${date}.md`, `${date}.json`]);
      const above = [...monthsOf(dates), ...yearsOf(dates)].map((of) => `${of}.html`);
      return ['index.html', 'feed.xml', ...above, ...days].map((file) => `${name}/${file}`);
    },
  };
};

/** The pages of the channels, made from the stores whenever they are asked for. */
export const createSite = (parts: SiteParts): Site => {
  const channels = new Map(parts.channels.map((channel) => [channel.name, createChannelPages(channel, parts)]));
  return {
    async file(path) {
      if (path === 'index.html')
        return page(await indexPage(await Promise.all([...channels.values()].map((pages) => pages.overview()))));
      const fixed = (await look(path)) ?? (await asset(path));
      if (fixed) return fixed;
      const [folder = '', file = '', ...deeper] = path.split('/');
      return deeper.length === 0 ? channels.get(folder)?.file(file) : undefined;
    },

    async paths() {
      const ofChannels = await Promise.all([...channels.values()].map((pages) => pages.paths()));
      return ['index.html', ...ofChannels.flat(), ...lookPaths, ...assetPaths];
    },
  };
};
