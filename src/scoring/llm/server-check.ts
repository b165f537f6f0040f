import leven from 'leven';
import { readBody } from '../../core/body.ts';
import { networkReason } from '../../core/network.ts';
import type { Check } from '../../core/platform.ts';
import type { Secret } from '../../core/secret.ts';
import { maxListBytes, modelsIn } from './models.ts';

export type ServerCheckOptions = {
  baseUrl: string;
  apiKey: Secret | undefined;
  model: string;
  fetch?: typeof fetch;
};

const timeoutMs = 10_000;

/** Where servers have their API, below the host. */
const usualPaths = ['/v1', '/api/v1', '/openai/v1', '/v1beta/openai'];

type Answer = { status: number; text: string };

const isWebPage = ({ text }: Answer): boolean => /^\s*(<!doctype html|<html|<head|<\?xml)/i.test(text);

const maxSuggested = 5;

/** The names most like a name, best first. */
const nearestTo = (name: string, names: readonly string[]): string[] =>
  names
    .map((one) => ({ one, distance: leven(name.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, maxSuggested)
    .map(({ one }) => one);

/**
 * True if a listed id means the model. Ollama lists tags (`llama3:latest`), Gemini prefixes (`models/gemini-2.5-pro`),
 * LiteLLM patterns (`openai/*`); OpenRouter does not list variants (`deepseek/deepseek-r1:free`).
 */
const isListed = (id: string, model: string): boolean =>
  [model, `${model}:latest`, `models/${model}`].includes(id) ||
  (id.includes('/') && id === model.replace(/:[^:/]+$/, '')) ||
  (id.endsWith('*') && model.startsWith(id.slice(0, -1)));

const name = 'scorer';
const fails = (detail: string, fix: string): Check => ({ name, ok: false, detail, fix });

/**
 * Checks that an OpenAI-compatible server can be reached, takes the key, has the API at this address, and has the
 * model. Requests no completion, so it costs nothing. Never rejects, and never quotes the server, because some
 * servers repeat the key.
 */
export const checkServer = async (options: ServerCheckOptions): Promise<Check> => {
  const { baseUrl, apiKey, model } = options;
  const request = options.fetch ?? fetch;
  const headers = { accept: 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey.reveal()}` } : {}) };

  const ask = async (url: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await request(url, {
      ...init,
      headers: { ...headers, ...init.headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await readBody(response, maxListBytes) };
  };

  const modelsAt = async (base: string): Promise<{ answer: Answer; models: string[] | undefined }> => {
    const answer = await ask(`${base}/models`);
    return { answer, models: answer.status === 200 ? modelsIn(answer.text) : undefined };
  };

  const checkListed = async (models: readonly string[], base: string, note = ''): Promise<Check> => {
    const passes = (detail: string): Check => ({ name, ok: true, detail: `${detail}${note}` });
    if (models.some((id) => isListed(id, model))) return passes(`${model} at ${base}`);
    const own = await ask(`${base}/models/${encodeURIComponent(model)}`);
    if (own.status === 200 && !isWebPage(own)) return passes(`${model} at ${base}`);
    // Azure lists models, but is asked for deployments.
    if (new URL(base).hostname.endsWith('.azure.com'))
      return passes(`${base} does not list deployments; doctor --ask tests ${model}`);
    if (models.length === 0)
      return fails(`${base} has no models`, `load ${model} on the server, or set scorer.model to one that it has`);
    return fails(
      `${base} has no model "${model}"`,
      `set scorer.model to one that it has, such as ${nearestTo(model, models).join(', ')}`,
    );
  };

  /** Servers refuse an empty request without charging for it, if they have the route at all. */
  const askNothing = (): Promise<Answer> =>
    ask(`${baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
  const isMissing = ({ status }: Answer): boolean => status === 404 || status === 405;

  /** The address under which the same host does list models. */
  const findBase = async (): Promise<{ base: string; models: string[] | undefined } | undefined> => {
    const { origin } = new URL(baseUrl);
    for (const base of new Set([`${baseUrl}/v1`, ...usualPaths.map((path) => origin + path)])) {
      if (base === baseUrl) continue;
      const { models, answer } = await modelsAt(base).catch(() => ({ models: undefined, answer: undefined }));
      if (models || answer?.status === 401) return { base, models };
    }
    return undefined;
  };

  const wrongAddress = async (what: string): Promise<Check> => {
    const found = await findBase();
    // The client completes such an address itself.
    if (found?.models && found.base === `${baseUrl}/v1` && isMissing(await askNothing()))
      return checkListed(found.models, found.base, '; OPENAI_BASE_URL lacks /v1, so Paperboy adds it');
    const fix = found
      ? `set OPENAI_BASE_URL to ${found.base}, where the same server answers`
      : 'set OPENAI_BASE_URL to the address of the API, which usually ends in /v1';
    return fails(`${baseUrl} ${what}`, fix);
  };

  const checkRoute = async (): Promise<Check> => {
    const answer = await askNothing();
    if (isWebPage(answer)) return wrongAddress('answers with a web page');
    if (isMissing(answer)) return wrongAddress(`has no chat completions (${answer.status})`);
    return { name, ok: true, detail: `${baseUrl} does not list its models; doctor --ask tests ${model}` };
  };

  try {
    const { answer, models } = await modelsAt(baseUrl);
    if (models) return await checkListed(models, baseUrl);
    const { status } = answer;
    if (status === 401 || status === 403)
      return fails(`${baseUrl} rejects the key (${status})`, 'set OPENAI_API_KEY to a valid key');
    if (status === 402) return fails(`${baseUrl} reports no balance (402)`, 'add credit to the account of the key');
    if (status === 429)
      return { name, ok: true, detail: `${baseUrl} limits requests (429); doctor --ask tests ${model}` };
    if (status >= 500)
      return fails(
        `${baseUrl} answers with status ${status}`,
        'check its status page or ask its admin; the built-in scorer is used until then',
      );
    if (isWebPage(answer) && status === 200)
      return await wrongAddress('answers with a web page, such as the sign-in page of a proxy');
    if (status === 200) return await wrongAddress('answers with something other than a list of models');
    return await checkRoute();
  } catch (error) {
    return fails(
      `${baseUrl} cannot be reached (${networkReason(error, { url: new URL(baseUrl), timeoutMs })})`,
      'check the network and OPENAI_BASE_URL; the built-in scorer is used until then',
    );
  }
};
