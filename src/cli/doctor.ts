import { sampleName } from '../../config/sample-day.ts';
import type { App } from '../app.ts';
import { platformOf } from '../core/addresses.ts';
import { sameNameAs } from '../core/author.ts';
import type { Channel, FollowedAuthor } from '../core/channel.ts';
import { dateFormat } from '../core/dates.ts';
import { ExternalError } from '../core/errors.ts';
import { isReachable } from '../core/http.ts';
import { countOf, type Paper, wordList } from '../core/paper.ts';
import type { Check } from '../core/platform.ts';
import { nextTime } from '../daily/schedule.ts';
import { checkProxies } from './proxy-checks.ts';
import { askModel, checkModel, checkPrice } from './scorer-checks.ts';

const timeIn = (time: Date, timeZone: string): string =>
  dateFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone }).format(time);

const whenText = ({ isPaused, timezone }: Channel, next: Date | undefined): string => {
  if (isPaused) return 'paused in chat; /arxiv resume starts it again';
  return next ? `next run ${timeIn(next, timezone)} (${timezone})` : 'its schedule never runs';
};

const checkChannels = ({ config, channels, clock }: App): Check[] =>
  channels.list().map((channel) => {
    const next = nextTime(channel.schedule, channel.timezone, clock.now());
    const categories = channel.categories.join(', ');
    const isSample = config.isExample && channel.name === sampleName;
    const when = isSample ? 'invented papers, shown until the first digest' : whenText(channel, next);
    return {
      name: `channel ${channel.name}`,
      ok: next !== undefined,
      detail: `${categories} to ${channel.post.join(', ')}; ${when}`,
      ...(next ? {} : { fix: `change the schedule of ${channel.name}` }),
    };
  });

/** A renamed channel loses its digests and posts the newest announcement again under its new name. */
const checkNames = async ({ channels, stores }: App): Promise<Check[]> => {
  const known = new Set([...channels.list(), ...channels.former()].map(({ name }) => name));
  const strangers = (await stores.digests.channels()).filter((name) => !known.has(name));
  return strangers.map((name) => ({
    name: `digests of ${name}`,
    ok: true,
    detail: `no channel in the config has this name, so no page shows them; name a channel ${name} to get them back`,
  }));
};

const checkChanges = ({ channels }: App): Check[] =>
  channels.differences().map(({ channel, what, by, at }) => ({
    name: `channel ${channel}`,
    ok: true,
    detail:
      what === 'channel'
        ? `created in chat by ${by} on ${at.slice(0, 10)}`
        : `${what} changed in chat by ${by} on ${at.slice(0, 10)}; this overrides the config file`,
  }));

const checkTopics = async ({ channels, understand, config }: App): Promise<Check[]> => {
  const found = await Promise.all(
    channels.list().map(async (channel) => ({ name: channel.name, ...(await understand(channel)) })),
  );
  return found.flatMap(({ name, problem }): Check[] => {
    if (problem === undefined) return [];
    const { text, fix } = problem;
    // A language model does not need it, unless it was to expand the topics and could not.
    const isNeeded = config.scorer.engine === 'local' || channels.find(name)?.rubric.expansion === '';
    return [{ name: `topics of ${name}`, ok: !isNeeded, detail: isNeeded ? text : `${text} ${fix}`, fix }];
  });
};

const checkDatabase = async ({ config, stores, channel }: App): Promise<Check> => {
  const name = 'database';
  const file = config.env.databaseFile;
  const damage = await stores.damage();
  if (damage) return { name, ok: false, detail: damage.reason, fix: damage.fix };
  const newest = await stores.digests.newest(channel(undefined).name);
  const state = newest ? `newest digest of ${newest.date}` : 'no digest yet';
  return { name, ok: true, detail: `${file} is intact; ${state}` };
};

/** Number of digests that show whether a channel's categories and types can yield papers. */
const minDigests = 3;

/** A channel whose settings leave out every paper posts empty digests, which look like quiet days. */
export const checkYield = async ({ channels, stores }: App): Promise<Check[]> => {
  const checks: Check[] = [];
  for (const { name, announceTypes, primaryOnly, categories } of channels.list()) {
    const digests = (await stores.digests.summaries(name)).slice(0, minDigests);
    const isEmpty = digests.every(({ counts }) => counts.announced > 0 && counts.scanned === 0);
    if (digests.length < minDigests || !isEmpty) continue;
    const announced = digests.reduce((sum, { counts }) => sum + counts.announced, 0);
    const limits = primaryOnly
      ? 'set primaryOnly to false'
      : `add types to announceTypes (now ${wordList(announceTypes)})`;
    checks.push({
      name: `papers of ${name}`,
      ok: false,
      detail: `none of the ${announced} papers that ${wordList(categories)} announced for the last ${minDigests} digests was a candidate`,
      fix: `${limits}, or read other categories`,
    });
  }
  return checks;
};

/** What steps reported to the running bot, without what doctor tests itself. */
export const checkReports = async ({ health, channel }: App, isAsking: boolean): Promise<Check[]> => {
  const { timezone } = channel(undefined);
  return (await health.problems())
    .filter(({ subject }) => /^(channel |scoring$|authors$)/.test(subject) && !(isAsking && subject === 'scoring'))
    .map(({ subject, text, fix, since }) => ({
      name: subject,
      ok: false,
      detail: `since ${timeIn(new Date(since), timezone)}: ${text}`,
      fix,
    }));
};

const checkArxiv = async (app: App): Promise<{ checks: Check[]; paper: Paper | undefined }> => {
  const { webUrl, rssUrl } = app.config.env.arxiv;
  const checks = await Promise.all(
    Object.entries({ 'arXiv pages': webUrl, 'arXiv feeds': rssUrl }).map(async ([name, url]): Promise<Check> => {
      if (await isReachable(url)) return { name, ok: true, detail: `${url} is reachable` };
      return {
        name,
        ok: false,
        detail: `${url} cannot be reached`,
        fix: 'check the network, a firewall, or the ARXIV_… variable',
      };
    }),
  );
  if (checks.some(({ ok }) => !ok)) return { checks, paper: undefined };
  const { check, paper } = await checkAnnouncement(app);
  return { checks: [...checks, check], paper };
};

/** Reads a whole announcement as a run does, because a proxy may answer with a page of its own. */
const checkAnnouncement = async ({ source, channels }: App): Promise<{ check: Check; paper?: Paper | undefined }> => {
  const name = 'arXiv announcement';
  const [category] = channels.list().flatMap((channel) => (channel.name === sampleName ? [] : channel.categories));
  if (category === undefined) return { check: { name, ok: true, detail: 'no channel has a category' } };
  try {
    const { date, papers } = await source.newest(category);
    const detail = `${countOf(papers.length, 'paper')} in ${category} on ${date}`;
    return { check: { name, ok: true, detail }, paper: papers[0]?.paper };
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
    const fix = 'open ARXIV_WEB_URL in a browser on this machine; a proxy or firewall may answer in its place';
    return { check: { name, ok: false, detail: `${category}: ${error.message}`, fix } };
  }
};

const service = 'Semantic Scholar';

const checkGivenId = async ({ name, semanticScholarId }: FollowedAuthor, { authors }: App): Promise<Check> => {
  const check = `author ${name}`;
  const candidates = await authors.candidates(name);
  if (!candidates)
    return { name: check, ok: false, detail: `${service} does not answer`, fix: 'run doctor again later' };
  const owner = candidates.find(({ authorId }) => authorId === semanticScholarId);
  if (owner) return { name: check, ok: true, detail: `semanticScholarId "${owner.authorId}" is ${owner.name}` };
  return {
    name: check,
    ok: false,
    detail: `a search for the name does not find semanticScholarId "${semanticScholarId}"`,
    fix: `check whose page https://www.semanticscholar.org/author/${semanticScholarId} is; with a wrong id, no paper matches`,
  };
};

/** If several authors share a name, papers match by name only until the config names an id. */
const checkAuthor = async ({ name }: FollowedAuthor, { authors }: App): Promise<Check> => {
  const check = `author ${name}`;
  const candidates = await authors.candidates(name);
  if (!candidates)
    return {
      name: check,
      ok: false,
      detail: `${service} does not answer`,
      fix: 'run doctor again later; papers match by name until then',
    };
  const namesakes = candidates.filter((candidate) => sameNameAs(name)(candidate.name));
  const [one] = namesakes;
  if (!one) return { name: check, ok: true, detail: `not found on ${service}; papers match by name` };
  if (namesakes.length === 1) return { name: check, ok: true, detail: `semanticScholarId "${one.authorId}"` };
  const known = namesakes
    .toSorted((a, b) => (b.papers ?? 0) - (a.papers ?? 0))
    .slice(0, 5)
    .map(({ authorId, hIndex, papers }) => `"${authorId}" (${papers ?? '?'} papers, h-index ${hIndex ?? '?'})`);
  return {
    name: check,
    ok: true,
    detail: `${namesakes.length} authors have this name, so papers match by name only; set semanticScholarId to the one you mean: ${known.join(', ')}`,
  };
};

const checkAuthors = async (app: App): Promise<Check[]> => {
  const followed = app.channels.list().flatMap(({ authors }) => authors);
  const given = new Map(followed.map((author) => [`${author.name} ${author.semanticScholarId}`, author]));
  const named = new Map(
    followed.flatMap((author) => (author.semanticScholarId ? [] : [[author.name, author] as const])),
  );
  const checks: Check[] = [];
  for (const author of named.values()) checks.push(await checkAuthor(author, app));
  for (const author of given.values()) if (author.semanticScholarId) checks.push(await checkGivenId(author, app));
  return checks;
};

const checkPlatforms = async ({ channels, platforms }: App): Promise<Check[]> => {
  const destinations = channels.list().flatMap((channel) => channel.post);
  const checks = [...platforms].map(([name, platform]) =>
    platform.check(destinations.filter((destination) => platformOf(destination) === name)),
  );
  return (await Promise.all(checks)).flat();
};

const checkPage = ({ config, channels, platforms, descriptors }: App): Check => {
  const { http, publicUrl } = config.env;
  if (http !== 'off')
    return {
      ...{ name: 'page', ok: true },
      detail: `the bot serves it at http://${http.host}:${http.port}/; ${publicUrl ? `messages link to ${publicUrl}` : 'messages do not link to it, because PAPERBOY_PUBLIC_URL is not set'}`,
    };
  const posts = channels.list().some((channel) => channel.post.some((address) => platformOf(address) === 'web'));
  const off = { name: 'page', detail: 'PAPERBOY_HTTP is off' };
  const hooked = descriptors.find(({ name }) => platforms.get(name)?.webhook);
  if (hooked)
    return {
      ...off,
      ok: false,
      fix: `${hooked.label} sends its events to the web server: set PAPERBOY_HTTP to HOST:PORT`,
    };
  if (!posts) return { ...off, ok: true };
  return { ...off, ok: false, fix: 'a channel posts to web; remove web from its post, or set PAPERBOY_HTTP' };
};

/**
 * Checks the settings, the database and every remote service.
 * @param isAsking Whether the language model scores a paper, which costs money.
 */
export const examine = async (
  app: App,
  isAsking = false,
  signal: AbortSignal = new AbortController().signal,
): Promise<Check[]> => {
  const { config } = app;
  const source = config.isExample
    ? 'the built-in example; copy config/paperboy.example.yaml to config/paperboy.yaml to change it'
    : config.source;
  const arxiv = checkArxiv(app);
  return [
    { name: 'config', ok: true, detail: source },
    ...checkChannels(app),
    ...checkChanges(app),
    ...(await checkTopics(app)),
    await checkDatabase(app),
    ...(await checkNames(app)),
    ...(await checkYield(app)),
    checkPage(app),
    ...(
      await Promise.all([
        checkProxies(app),
        arxiv.then(({ checks }) => checks),
        checkModel(app).then((check) => [check]),
        checkPrice(app),
        isAsking ? [await askModel(app, (await arxiv).paper, signal)] : [],
        checkAuthors(app),
        checkPlatforms(app),
      ])
    ).flat(),
    ...(await checkReports(app, isAsking)),
  ];
};

export const renderChecks = (checks: readonly Check[]): string =>
  checks
    .map(({ name, ok, detail, fix }) => `${ok ? '✓' : '✗'} ${name}: ${detail}${ok || !fix ? '' : `\n  → ${fix}`}`)
    .join('\n');
