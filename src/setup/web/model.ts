import type { Context } from 'hono';
import { html } from 'hono/html';
import { type Html, lines, nothing } from '../../pages/html.ts';
import { modelSet, modelUrlFault, type Tried, tryModelFor } from '../draft.ts';
import type { LocalServer, ModelChoice } from '../models.ts';
import { afterStep, continueButton, options, outside, secretField, stepPage, stepPath } from './layout.ts';
import type { SetupSession } from './session.ts';

const keysUrl = 'https://platform.openai.com/api-keys';

/** Where a model may come from. Local servers are called local0, local1 and so on. */
type Source = {
  value: string;
  label: string;
  hint: string;
  fields: Html;
};

const localSource = (index: number): string => `local${index}`;

const nameField = (source: string, { model: { names }, setup }: SetupSession, known: readonly string[]): Html =>
  html`<p class="field">
          <label for="${source}-model">Model</label>
          <input type="text" id="${source}-model" name="${source}-model" value="${names[source] ?? modelSet(setup)}" maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false"${known.length > 0 ? html` list="${source}-models"` : nothing} />
          ${known.length > 0 ? html`<datalist id="${source}-models">${known.map((one) => html`<option value="${one}"></option>`)}</datalist>` : nothing}
        </p>`;

const localField = (source: string, models: readonly string[], { model: { names } }: SetupSession): Html =>
  html`<p class="field">
          <label for="${source}-model">Model</label>
          <select id="${source}-model" name="${source}-model">${options(
            models.map((value) => ({ value, label: value })),
            names[source],
          )}</select>
        </p>`;

const sourcesOf = (session: SetupSession, local: readonly LocalServer[], known: readonly string[]): Source[] => {
  const { setup, model } = session;
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: url } = setup.present.variables;
  const keyOf = (source: string, label: string, hint: string | undefined): Html =>
    secretField({ name: `${source}-key`, label, hint, state: model.keys[source] === undefined ? 'none' : 'kept' });
  return [
    ...(key || url
      ? [
          {
            value: 'keep',
            label: 'The language model that is set',
            hint: url || 'OpenAI',
            fields: nameField('keep', session, known),
          },
        ]
      : []),
    ...local.map(({ name, models }, index) => ({
      value: localSource(index),
      label: `${name} on this machine`,
      hint: 'free',
      fields: localField(localSource(index), models, session),
    })),
    {
      value: 'none',
      label: 'The built-in scorer',
      hint: 'free, without an account; you can add a model later',
      fields: nothing,
    },
    {
      value: 'openai',
      label: 'OpenAI',
      hint: 'needs a key; cents a day',
      fields: html`${keyOf('openai', 'API key', undefined)}<p class="small">Make one at ${outside(keysUrl, 'platform.openai.com')}. It begins with sk-.</p>${nameField('openai', session, known)}`,
    },
    {
      value: 'url',
      label: 'Another server',
      hint: 'any OpenAI-compatible API, by its address',
      fields: html`<p class="field">
          <label for="url">Address, including /v1</label>
          <input type="url" id="url" name="url" value="${model.url}" maxlength="500" autocomplete="off" placeholder="http://127.0.0.1:8000/v1" />
        </p>${keyOf('url', 'API key, if it needs one', undefined)}${nameField('url', session, known)}`,
    },
  ];
};

const sourceHtml = ({ value, label, hint, fields }: Source, chosen: string): Html =>
  html`<div class="choice">
        <label><input type="radio" name="source" value="${value}"${value === chosen ? html` checked` : nothing} /> <span>${label} <small>${hint}</small></span></label>
        ${fields === nothing ? nothing : html`<div class="more">${fields}</div>`}
      </div>`;

const triedHtml = ({ scored, cost }: Extract<Tried, { scored: string }>, next: string): Html =>
  html`<div class="card success" role="status">
        <p><strong>It works.</strong> ${scored}.</p>
        ${cost ? html`<p>${cost}</p>` : nothing}
        <p class="go"><a class="primary" href="${next}">Continue</a></p>
      </div>`;

/** @param known Models that the server of the last attempt lists. */
const modelPage = async (session: SetupSession, known: readonly string[] = [], fault?: string): Promise<string> => {
  const { tried, isAgain, setup, model } = session;
  const failed =
    tried && 'reason' in tried
      ? `${tried.reason} Change what you typed and try again, or use another scorer.`
      : undefined;
  const problem = fault ?? failed;
  const local = await setup.models.localServers();
  const sources = sourcesOf(session, local, known);
  const chosen = sources.some(({ value }) => value === model.source) ? model.source : (sources[0]?.value ?? 'none');
  const form = html`<form class="fill card choices" method="post" action="${stepPath('model')}">
        <fieldset><legend class="spoken">Scorer</legend>
        ${lines(sources.map((source) => sourceHtml(source, chosen)))}
        </fieldset>
        <p class="small">A language model scores one paper as a test, which costs a fraction of a cent.</p>
        <p class="go">${continueButton()}</p>
      </form>`;
  const works = tried && 'scored' in tried ? triedHtml(tried, afterStep('model', session)) : undefined;
  return stepPage(
    {
      ...{ step: 'model', title: 'Who scores the papers?', isAgain, problem },
      intro:
        'The built-in scorer ranks papers by your words. A language model also judges how new they are, and comments on them.',
    },
    works ? html`${works}<details class="small"><summary>Use another scorer</summary>${form}</details>` : form,
  );
};

export const getModel = async (context: Context, session: SetupSession): Promise<Response> =>
  context.html(await modelPage(session));

const choiceOf = (session: SetupSession, local: readonly LocalServer[]): ModelChoice | undefined => {
  const { model, setup } = session;
  const { source, names, keys, url } = model;
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: baseUrl } = setup.present.variables;
  const name = names[source] || modelSet(setup);
  if (source === 'keep') return { model: name, baseUrl: baseUrl || undefined, apiKey: key || undefined };
  if (source === 'openai') return { model: name, baseUrl: undefined, apiKey: keys.openai };
  if (source === 'url') return { model: name, baseUrl: url, apiKey: keys.url };
  const server = local.find((_, index) => localSource(index) === source);
  return server && { model: name, baseUrl: server.baseUrl, apiKey: undefined };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 1_000) : '');

/** What is missing before a server can be asked. */
const faultOf = ({ model: { source, url, keys } }: SetupSession): string | undefined => {
  if (source === 'openai' && !keys.openai) return 'Paste the API key, or choose another scorer.';
  return source === 'url' ? modelUrlFault(url) : undefined;
};

/** Keeps what was typed, and lets the chosen model score a paper. */
export const postModel = async (context: Context, session: SetupSession): Promise<Response> => {
  const body: Record<string, unknown> = await context.req.parseBody().catch(() => ({}));
  const { model, draft, setup } = session;
  model.source = textOf(body.source);
  model.url = textOf(body.url);
  for (const [name, value] of Object.entries(body)) {
    const [, source = '', what] = /^(\w+)-(model|key)$/.exec(name) ?? [];
    if (what === 'model') model.names[source] = textOf(value);
    if (what === 'key' && textOf(value) !== '') model.keys[source] = textOf(value);
  }
  session.tried = undefined;
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...variables } = draft.variables;
  draft.variables = variables;
  const fault = faultOf(session);
  if (fault !== undefined) return context.html(await modelPage(session, [], fault), 400);
  const choice = choiceOf(session, await setup.models.localServers());
  if (!choice) {
    const isSet = setup.present.variables.OPENAI_API_KEY || setup.present.variables.OPENAI_BASE_URL;
    draft.model = isSet ? null : undefined;
    return context.redirect(afterStep('model', session), 303);
  }
  session.tried = await tryModelFor(session, choice, context.req.raw.signal);
  if ('scored' in session.tried) return context.redirect(stepPath('model'), 303);
  return context.html(await modelPage(session, await setup.models.modelsOf(choice)), 400);
};
