import { sampleName } from '../../config/sample-day.ts';
import type { App } from '../app.ts';
import { platformOf } from '../core/addresses.ts';
import { sameNameAs } from '../core/author.ts';
import type { Channel, FollowedAuthor } from '../core/channel.ts';
import { dateFormat } from '../core/dates.ts';
import { errorText } from '../core/errors.ts';
import { isReachable } from '../core/http.ts';
import type { Check } from '../core/platform.ts';
import { nextTime } from '../daily/schedule.ts';
import { readPrices } from '../scoring/llm/budget.ts';

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

const checkDatabase = async ({ config, stores, channel }: App): Promise<Check> => {
  const newest = await stores.digests.newest(channel(undefined).name);
  const state = newest ? `newest digest of ${newest.date}` : 'no digest yet';
  return { name: 'database', ok: true, detail: `${config.env.databaseFile}; ${state}` };
};

const checkArxiv = async ({ config }: App): Promise<Check[]> => {
  const bases = { 'arXiv pages': config.env.arxiv.webUrl, 'arXiv feeds': config.env.arxiv.rssUrl };
  return Promise.all(
    Object.entries(bases).map(async ([name, url]): Promise<Check> => {
      if (await isReachable(url)) return { name, ok: true, detail: `${url} is reachable` };
      return {
        name,
        ok: false,
        detail: `${url} cannot be reached`,
        fix: 'check the network, a firewall, or the ARXIV_… variable',
      };
    }),
  );
};

const checkModel = async ({ config }: App): Promise<Check> => {
  const { engine, model } = config.scorer;
  if (engine === 'local')
    return { name: 'scorer', ok: true, detail: 'the built-in scorer; set OPENAI_API_KEY for a language model' };
  const base = config.env.openai?.baseUrl ?? 'https://api.openai.com/v1';
  const key = config.env.openai?.apiKey?.reveal();
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  try {
    const answer = await fetch(`${base}/models/${encodeURIComponent(model)}`, {
      headers,
      signal: AbortSignal.timeout(10_000),
    });
    await answer.body?.cancel();
    if (answer.status === 401 || answer.status === 403)
      return {
        name: 'scorer',
        ok: false,
        detail: `${base} rejects the key (${answer.status})`,
        fix: 'set OPENAI_API_KEY to a valid key',
      };
    if (answer.status >= 500)
      return {
        name: 'scorer',
        ok: false,
        detail: `${base} answers with status ${answer.status}`,
        fix: 'check its status page or ask its admin; the built-in scorer is used until then',
      };
    // Many compatible servers lack this route, so other statuses say nothing about the model.
    return {
      name: 'scorer',
      ok: true,
      detail: answer.ok ? `${model} at ${base}` : `${base} answers, but does not say whether it has ${model}`,
    };
  } catch (error) {
    return {
      name: 'scorer',
      ok: false,
      detail: `${base} cannot be reached (${errorText(error instanceof Error && error.cause ? error.cause : error)})`,
      fix: 'check the network and OPENAI_BASE_URL; the built-in scorer is used until then',
    };
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
  const { http } = config.env;
  if (http !== 'off')
    return { name: 'page', ok: true, detail: `the bot serves it at http://${http.host}:${http.port}/` };
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

const checkPrice = async ({ config }: App): Promise<Check[]> => {
  const { engine, model, dailyBudgetUsd } = config.scorer;
  if (engine === 'local') return [];
  const known = (await readPrices()).of(model) !== undefined;
  const fix = `add ${model} to config/prices.json`;
  if (known) return [{ name: 'budget', ok: true, detail: `at most $${dailyBudgetUsd} a day for ${model}` }];
  return [
    { name: 'budget', ok: false, detail: `the price of ${model} is unknown, so the budget does not limit it`, fix },
  ];
};

export const examine = async (app: App): Promise<Check[]> => {
  const { config } = app;
  const source = config.isExample
    ? 'the built-in example; copy config/paperboy.example.yaml to config/paperboy.yaml to change it'
    : config.source;
  return [
    { name: 'config', ok: true, detail: source },
    ...checkChannels(app),
    ...checkChanges(app),
    await checkDatabase(app),
    ...(await checkNames(app)),
    checkPage(app),
    ...(
      await Promise.all([
        checkArxiv(app),
        checkModel(app).then((check) => [check]),
        checkPrice(app),
        checkAuthors(app),
        checkPlatforms(app),
      ])
    ).flat(),
  ];
};

export const renderChecks = (checks: readonly Check[]): string =>
  checks
    .map(({ name, ok, detail, fix }) => `${ok ? '✓' : '✗'} ${name}: ${detail}${ok || !fix ? '' : `\n  → ${fix}`}`)
    .join('\n');
