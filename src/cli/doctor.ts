import { sampleName } from '../../config/sample-day.ts';
import type { App } from '../app.ts';
import { platformOf } from '../core/addresses.ts';
import type { Channel } from '../core/channel.ts';
import { databaseName } from '../core/database-url.ts';
import { dateFormat } from '../core/dates.ts';
import { fileSize } from '../core/file-size.ts';
import { doctorFix } from '../core/health.ts';
import { countOf, type Paper, wordList } from '../core/paper.ts';
import type { Check } from '../core/platform.ts';
import { isSuccess } from '../core/run.ts';
import type { DatabaseSize } from '../core/stores.ts';
import { missedTheirTime } from '../daily/catch-up/missed.ts';
import { createSummaryCost } from '../daily/draft/summaries.ts';
import { lastTime, nextTime } from '../daily/schedule.ts';
import { describeSummaryCost } from '../digest/text.ts';
import { openAiUrl } from '../scoring/llm/connection.ts';
import { announcementName, checkAddress, checkAnnouncement, feedsName, pagesName } from './arxiv-checks.ts';
import { authorCheckNames, checkAuthors } from './author-checks.ts';
import { checkPage } from './page-check.ts';
import { checkProxies } from './proxy-checks.ts';
import { askModel, checkModel, checkPrice } from './scorer-checks.ts';
import { checkSecrets } from './secret-checks.ts';
import { recentUpdateNotes } from './send-update-notes.ts';

const timeIn = (time: Date, timeZone: string): string =>
  dateFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone }).format(time);

const whenText = ({ isPaused, timezone }: Channel, next: Date | undefined, before: string): string => {
  if (isPaused) return 'paused in chat; /arxiv resume starts it again';
  if (!next) return 'its schedule never runs';
  return `${before}next ${before ? 'scheduled ' : ''}run ${timeIn(next, timezone)} (${timezone})`;
};

export const checkChannels = async (app: App): Promise<Check[]> => {
  const { config, clock, stores } = app;
  const all = app.channels.list();
  const runs = await stores.runs.newestOf(all.map(({ name }) => name));
  const missed = await missedTheirTime(all, app);
  /** What comes before the next scheduled run; a running Paperboy is another process. */
  const beforeOf = (channel: Channel): string => {
    const { run } = runs.get(channel.name) ?? {};
    if (run && !isSuccess(run.status)) return 'Paperboy tries again within an hour, or as soon as it starts; ';
    const last = lastTime(channel.schedule, channel.timezone, clock.now());
    const isDone = run !== undefined && (last === undefined || new Date(run.endedAt) >= last);
    return !isDone && missed.includes(channel) ? 'runs as soon as Paperboy starts; ' : '';
  };
  return all.map((channel) => {
    const next = nextTime(channel.schedule, channel.timezone, clock.now());
    const categories = channel.categories.join(', ');
    const isSample = config.isExample && channel.name === sampleName;
    const when = isSample
      ? 'invented papers, shown until the first digest'
      : whenText(channel, next, beforeOf(channel));
    return {
      name: `channel ${channel.name}`,
      ok: next !== undefined,
      detail: `${categories} to ${channel.post.join(', ')}; ${when}`,
      ...(next ? {} : { fix: `change the schedule of ${channel.name}` }),
    };
  });
};

/** Also shows for a while what a new version changed, for whoever gets no messages. */
const checkVersion = async (app: App, version: string): Promise<Check[]> => [
  { name: 'version', ok: true, detail: `Paperboy ${version}` },
  ...(await recentUpdateNotes(app)).map(({ text }) => ({ name: 'changed', ok: true, detail: text })),
];

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

export const checkTopics = async ({ channels, understand, config }: App): Promise<Check[]> => {
  const found = await Promise.all(
    channels.list().map(async (channel) => ({ name: channel.name, ...(await understand(channel)) })),
  );
  return found.flatMap(({ name, problem }): Check[] => {
    if (problem === undefined) return [];
    const { text, fix, isFatal } = problem;
    // A language model does not need it, unless it was to expand the topics and could not.
    const isNeeded = config.scorer.engine === 'local' || channels.find(name)?.rubric.expansion === '';
    const check = { name: `topics of ${name}`, ok: !isNeeded || !isFatal };
    if (!isNeeded) return [{ ...check, detail: `${text} ${fix}` }];
    return [{ ...check, detail: text, fix, ...(!isFatal && { isWarning: true }) }];
  });
};

/** Shows what summaries cost before the first one. */
export const checkSummaries = async ({ channels, engines, stores }: App): Promise<Check[]> => {
  const costOf = createSummaryCost({ summarizer: engines.llm?.summarizer, stores });
  const checks = channels.list().map(async (channel): Promise<Check[]> => {
    if (!channel.digestSummary) return [];
    const name = `summaries of ${channel.name}`;
    const cost = await costOf(channel);
    if (cost) return [{ name, ok: true, detail: describeSummaryCost(cost) }];
    const fix = `set OPENAI_API_KEY or OPENAI_BASE_URL, or turn off digest.summary for ${channel.name}`;
    return [{ name, ok: false, detail: 'there are none, because no language model is configured', fix }];
  });
  return (await Promise.all(checks)).flat();
};

export const checkSchema = ({ stores }: Pick<App, 'stores'>): Check => {
  const { applied, known, last } = stores.schema();
  return { name: 'schema', ok: true, detail: `${applied} of ${known} migrations, the last one is ${last}` };
};

/** With less than this, free space is usual and not worth mentioning. */
const minFreeShare = 0.1;

const sizeText = ({ bytes, freeBytes }: DatabaseSize): string =>
  freeBytes < minFreeShare * bytes ? fileSize(bytes) : `${fileSize(bytes)}, ${fileSize(freeBytes)} of it free`;

const growthText = ({ yearBytes }: DatabaseSize, { retention }: App['config']): string => {
  const growth = yearBytes === undefined ? '' : `; a year takes about ${fileSize(yearBytes)}`;
  return retention.paperMonths === null
    ? growth
    : `${growth}; papers nobody needs are deleted after ${countOf(retention.paperMonths, 'month')}`;
};

/** @param limitMs For reading a large database. */
export const checkDatabase = async ({ config, stores, channel }: App, limitMs: number): Promise<DoctorCheck> => {
  const name = 'database';
  const limit = AbortSignal.timeout(limitMs);
  const damage = await stores.damage(limit).catch((error: unknown) => {
    if (limit.aborted) return undefined;
    throw error;
  });
  if (damage) return { name, ok: false, detail: damage.reason, fix: damage.fix };
  const newest = await stores.digests.newest(channel(undefined).name);
  const size = await stores.size();
  const place = `${databaseName(config.env.database)} (${sizeText(size)})`;
  const state = `${newest ? `newest digest of ${newest.date}` : 'no digest yet'}${growthText(size, config)}`;
  if (limit.aborted) {
    const rest = `not read to its end within ${limitMs / 1000} seconds; a running Paperboy checks it once a day`;
    return { name, ok: true, isSkipped: true, detail: `${place} was ${rest}; ${state}` };
  }
  const found = config.env.database.kind === 'sqlite' ? 'is intact' : 'answers';
  return { name, ok: true, detail: `${place} ${found}; ${state}` };
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

/**
 * What steps reported to the running bot, without what doctor tests itself.
 * @param checks The others, which name destinations and say how to fix them.
 */
export const checkReports = async (
  { health, channel }: App,
  isAsking: boolean,
  checks: readonly Check[] = [],
): Promise<Check[]> => {
  const { timezone } = channel(undefined);
  const places = checks.flatMap(({ about, ok }) => (about ? [{ ...about, ok }] : []));
  const isShown = (text: string): boolean =>
    text
      .split('; ')
      .every((reason) => places.some(({ destination, ok }) => !ok && reason.includes(`${destination}: `)));
  const named = (text: string): string =>
    places.reduce((all, { destination, label }) => all.replaceAll(`${destination}: `, `${label}: `), text);
  return (await health.problems())
    .filter(({ subject }) => /^(channel |scoring$|authors$)/.test(subject) && !(isAsking && subject === 'scoring'))
    .filter(({ subject, text }) => !subject.startsWith('channel ') || !isShown(text))
    .map(({ subject, text, fix, since }) => ({
      name: subject,
      ok: false,
      detail: `since ${timeIn(new Date(since), timezone)}: ${named(text)}`,
      // The reader has just done so.
      ...(fix !== doctorFix && { fix }),
    }));
};

/** A skipped check neither passes nor fails. */
export type DoctorCheck = Check & { isSkipped?: true };

/**
 * Milliseconds for each check of a remote service, for what is tested without a platform's SDK, and for reading the
 * database.
 */
const defaultLimits = { checkMs: 12_000, answerMs: 5_000, databaseMs: 60_000 };

type ExamineOptions = {
  version: string;
  /** Whether the language model scores a paper, which costs money. */
  isAsking?: boolean;
  signal?: AbortSignal;
  /** Called with each check in a fixed order, as soon as it and those before it have ended. */
  report?(check: DoctorCheck): void;
  limits?: typeof defaultLimits;
};

/** A check that takes too long fails, even if its work never ends. */
const within = async (ms: number, name: string, work: Promise<Check[]>): Promise<Check[]> => {
  const late = Promise.withResolvers<Check[]>();
  const timer = setTimeout(() => {
    const detail = `no answer within ${ms / 1000} seconds`;
    late.resolve([{ name, ok: false, detail, fix: 'check the network, and run doctor again' }]);
  }, ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

const checkRemotes = (app: App, isAsking: boolean, signal: AbortSignal, limits: typeof defaultLimits) => {
  const { config, channels, platforms, descriptors } = app;
  const { arxiv, s2, openai } = config.env;
  const { checkMs, answerMs } = limits;
  const proxies = checkProxies(app, answerMs);

  /** Does the work unless the proxy to one of the addresses is known to fail. */
  const through = async (
    urls: readonly string[],
    names: readonly string[],
    work: () => Promise<DoctorCheck[]>,
  ): Promise<DoctorCheck[]> => {
    const { problemOf } = await proxies;
    const problem = urls.map((url) => problemOf(new URL(url))).find((one) => one !== undefined);
    if (problem === undefined) return work();
    return names.map((name) => ({ name, ok: true, isSkipped: true, detail: `skipped, because ${problem}` }));
  };

  const address = (name: string, url: string) => through([url], [name], async () => [await checkAddress(name, url)]);
  const pages = address(pagesName, arxiv.webUrl);
  const feeds = address(feedsName, arxiv.rssUrl);
  let paper: Paper | undefined;
  const announcement = through([arxiv.webUrl, arxiv.rssUrl], [announcementName], async () => {
    if ([...(await pages), ...(await feeds)].some(({ ok }) => !ok)) return [];
    const found = await checkAnnouncement(app, signal);
    paper = found.paper;
    return [found.check];
  });
  const modelUrls = app.engines.llm ? [openai?.baseUrl ?? openAiUrl] : [];

  const checkPlatform = (name: string): Promise<DoctorCheck[]> => {
    const platform = platforms.get(name);
    const settings = config.env.platforms[name];
    const descriptor = descriptors.find((one) => one.name === name);
    const destinations = channels.list().flatMap(({ post }) => post.filter((one) => platformOf(one) === name));
    const label = descriptor?.label ?? name;
    return through((settings && descriptor?.remotes?.(settings)) ?? [], [label], () =>
      within(checkMs, label, platform?.check(destinations) ?? Promise.resolve([])),
    );
  };

  return [
    proxies.then(({ checks }) => checks),
    ...[pages, feeds, announcement],
    through(modelUrls, ['scorer'], () =>
      within(
        checkMs,
        'scorer',
        checkModel(app).then((check) => [check]),
      ),
    ),
    checkPrice(app),
    isAsking
      ? announcement.then(() => through(modelUrls, ['scoring'], async () => [await askModel(app, paper, signal)]))
      : [],
    through([s2.apiUrl], authorCheckNames(app), () => checkAuthors(app, checkMs, signal)),
    ...[...platforms.keys()].map(checkPlatform),
  ];
};

/** Checks the settings, the database and every remote service. */
export const examine = async (app: App, options: ExamineOptions): Promise<DoctorCheck[]> => {
  const { version, isAsking = false, signal = new AbortController().signal, report, limits = defaultLimits } = options;
  const { config } = app;
  const source = config.isExample
    ? 'the built-in example; to make your own, run npm run -s paperboy -- init'
    : config.source;
  const steps: (DoctorCheck[] | Promise<DoctorCheck[]>)[] = [
    checkVersion(app, version),
    [{ name: 'config', ok: true, detail: source }, ...checkSecrets(config)],
    checkChannels(app),
    checkChanges(app),
    ...[
      checkTopics(app),
      checkSummaries(app),
      checkDatabase(app, limits.databaseMs).then((check) => [check]),
      [checkSchema(app)],
      checkNames(app),
      checkYield(app),
    ],
    checkPage(app, limits.answerMs),
    ...checkRemotes(app, isAsking, signal, limits),
  ];
  // All run at once; each is awaited below.
  for (const step of steps) Promise.resolve(step).catch(() => {});
  const checks: DoctorCheck[] = [];
  const add = (found: readonly DoctorCheck[]): void => {
    for (const check of found) report?.(check);
    checks.push(...found);
  };
  for (const step of steps) add(await step);
  add(await checkReports(app, isAsking, checks));
  return checks;
};

const signOf = ({ ok, isSkipped, isWarning }: DoctorCheck): string => {
  if (isSkipped) return '–';
  if (!ok) return '✗';
  return isWarning ? '⚠' : '✓';
};

export const renderCheck = (check: DoctorCheck): string => {
  const { name, ok, isWarning, detail, fix } = check;
  return `${signOf(check)} ${name}: ${detail}${(ok && !isWarning) || !fix ? '' : `\n  → ${fix}`}`;
};
