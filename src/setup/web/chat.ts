import type { Context } from 'hono';
import { html } from 'hono/html';
import { platformOf } from '../../core/addresses.ts';
import type { ChatAccess, ChatSetup, SetupChannel, SetupPerson, SetupToken } from '../../core/chat-setup.ts';
import { ExternalError } from '../../core/errors.ts';
import { wordList } from '../../core/paper.ts';
import { type Html, lines, nothing } from '../../pages/html.ts';
import { postTo, tokenIn } from '../draft.ts';
import { afterStep, options, outside, secretField, stepPage, stepPath } from './layout.ts';
import { type ChatProgress, emptyProgress, type SetupSession } from './session.ts';

type Chat = SetupSession['setup']['chats'][number];

const progressOf = ({ chats }: SetupSession, { name }: Chat): ChatProgress => {
  const known = chats.get(name) ?? emptyProgress();
  chats.set(name, known);
  return known;
};

/** The channel that a platform's digests go to, by its name if that is known. */
export const placeOn = ({ draft, chats }: SetupSession, { name }: Chat): string | undefined => {
  const destination = draft.post.find((one) => platformOf(one) === name);
  return destination && (chats.get(name)?.label ?? destination);
};

/** Why the bot cannot post to the chosen channel of a platform yet, and what to do, as sentences. */
const obstacleOn = ({ draft, chats }: SetupSession, { name }: Chat): string | undefined => {
  const { destination, label, obstacle } = chats.get(name) ?? {};
  return destination !== undefined && obstacle !== undefined && draft.post.includes(destination)
    ? `The bot cannot post to ${label ?? destination} yet. ${obstacle}.`
    : undefined;
};

export const obstaclesOf = (session: SetupSession): string[] =>
  session.setup.chats.flatMap((chat) => obstacleOn(session, chat) ?? []);

/** Asks the platforms for the names of the channels that were chosen before. An id without a name stays. */
export const learnNames = async (session: SetupSession): Promise<void> => {
  const learn = async (chat: Chat): Promise<void> => {
    const destination = session.draft.post.find((one) => platformOf(one) === chat.name);
    const progress = progressOf(session, chat);
    if (destination !== undefined) progress.label ??= (await chat.labelOf(destination)) ?? destination;
  };
  await Promise.all(session.setup.chats.map(learn));
};

/** The platforms, and which of them are connected. */
export const getChats = async (context: Context, session: SetupSession): Promise<Response> => {
  await learnNames(session);
  const { setup, isAgain } = session;
  const row = (chat: Chat): Html => {
    const destination = placeOn(session, chat);
    const obstacle = obstacleOn(session, chat);
    return html`<li class="card">
          <h2>${chat.label}</h2>
          <p>${destination === undefined ? 'A digest a day, as a header with a thread. People vote with 👍 and 👎.' : html`<strong>${obstacle === undefined ? '✓ Posts to' : 'Will post to'} ${destination}</strong>`}</p>
          ${obstacle === undefined ? nothing : html`<p class="fault">${obstacle}</p>`}
          <p><a class="button" href="${stepPath(`chat/${chat.name}`)}">${destination === undefined ? 'Connect' : 'Change'}<span class="spoken"> ${chat.label}</span></a></p>
        </li>`;
  };
  const isConnected = setup.chats.some((chat) => placeOn(session, chat) !== undefined);
  return context.html(
    await stepPage(
      {
        ...{ step: 'chat', title: 'Where should the digests go?', isAgain },
        intro: 'They are always on this web page. Slack and Discord are optional; you can add them later.',
      },
      html`<ul class="chats">${lines(setup.chats.map(row))}</ul>
      <p class="go"><a class="primary" href="${afterStep('chat', session)}">${isConnected ? 'Continue' : 'Continue with the web page only'}</a></p>`,
    ),
  );
};

/** What is known of a platform whose tokens were accepted. */
type Opened = { identity: string; inviteUrl: string | undefined; channels: SetupChannel[]; people: SetupPerson[] };

const tokenForm = (chat: Chat, setup: ChatSetup, { tokens, accepted, faults }: ChatProgress): Html =>
  html`<form class="fill card" method="post" action="${stepPath(`chat/${chat.name}`)}">
        <h2>Create the app, and paste its ${setup.tokens.length === 1 ? 'token' : 'tokens'}</h2>
        <p>${outside(setup.createUrl, html`Open ${chat.label}’s page for a new app`)}. ${setup.createSteps.join(' ')}</p>
        ${lines(
          setup.tokens.map(({ variable, label, where }) =>
            secretField({
              ...{ name: variable, label, hint: where, fault: faults[variable] },
              state:
                tokens[variable] === undefined || faults[variable] !== undefined
                  ? 'none'
                  : accepted[variable] === tokens[variable]
                    ? 'accepted'
                    : 'kept',
            }),
          ),
        )}
        <p class="go"><button class="primary" name="action" value="tokens">Check</button> <a class="button" href="${stepPath('chat')}">Skip ${chat.label}</a></p>
      </form>`;

/** What is not chosen yet, as sentences for the fields. */
type ChoiceFaults = { destination?: string | undefined; person?: string | undefined };

const faultHtml = (field: string, fault: string | undefined): Html =>
  fault === undefined ? nothing : html`<span class="fault" id="${field}-fault">${fault}</span>`;

const faultyField = (field: string, fault: string | undefined): Html =>
  fault === undefined ? nothing : html` aria-invalid="true" aria-describedby="${field}-fault"`;

/** A list in which nothing is chosen, unless there is only one choice. */
const unchosen = (label: string, choices: readonly unknown[]): Html =>
  choices.length === 1 ? nothing : html`<option value="">${label}</option>`;

const channelList = (channels: readonly SetupChannel[], chosen: string | undefined, fault?: string): Html => {
  const open = channels.filter(({ obstacle }) => obstacle === undefined);
  const closed = channels.filter(({ obstacle }) => obstacle !== undefined);
  const group = (label: string, some: readonly SetupChannel[]): Html =>
    some.length === 0
      ? nothing
      : html`<optgroup label="${label}">${options(
          some.map((one) => ({ value: one.destination, label: one.label })),
          chosen,
        )}</optgroup>`;
  return html`<select id="destination" name="destination" required${faultyField('destination', fault)}>${unchosen('Choose the channel', channels)}${group('The bot can post here', open)}${group('The bot is not there yet', closed)}</select>${faultHtml('destination', fault)}`;
};

const otherPerson = 'other';

const personFields = (
  setup: ChatSetup,
  people: readonly SetupPerson[],
  { person, isUnlisted }: ChatProgress,
  fault: string | undefined,
): Html => {
  const isListed = people.some((one) => one.person === person);
  const list =
    people.length === 0
      ? nothing
      : html`<p class="field"><label for="person">Who are you? <small>you become an admin</small></label>
          <select id="person" name="person" required${faultyField('person', fault)}>${unchosen('Choose yourself', people)}${options(
            [
              ...people.map(({ person: value, label }) => ({ value, label })),
              { value: otherPerson, label: 'I am not listed' },
            ],
            isListed ? person : isUnlisted || person !== '' ? otherPerson : undefined,
          )}</select>${faultHtml('person', fault)}</p>`;
  return html`${list}<p class="field${people.length === 0 ? '' : ' unlisted'}">
          <label for="person-id">Your id <small>to become an admin; optional</small></label>
          <small id="person-hint">${setup.personHint}.</small>
          <input type="text" id="person-id" name="personId" value="${isListed ? '' : person}" maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="person-hint" />
        </p>`;
};

const invite = ({ inviteUrl }: Opened, isFirst: boolean): Html =>
  inviteUrl === undefined
    ? nothing
    : html`<p>${isFirst ? html`Add the bot to your server: ${outside(inviteUrl, 'open the invitation')}. Then look again.` : html`A server or channel is missing? ${outside(inviteUrl, 'Add the bot to another server')}, or allow it to view the channel. Then look again.`}</p>`;

const channelForm = (
  chat: Chat,
  setup: ChatSetup,
  progress: ChatProgress,
  { opened, faults = {} }: { opened: Opened; faults?: ChoiceFaults | undefined },
): Html => {
  const { channels, people, identity } = opened;
  const { destination, obstacle } = progress;
  const again = html`<a class="button" href="${stepPath(`chat/${chat.name}`)}">Look again</a>`;
  const title = html`<h2>Choose a channel</h2>
        <p class="small">Connected as ${identity}.</p>`;
  if (channels.length === 0)
    return html`<section class="card">
        ${title}
        <p>The bot sees no channel in ${chat.label} yet.</p>
        ${invite(opened, true)}
        <p class="go">${again} <a class="button" href="${stepPath('chat')}">Skip ${chat.label}</a></p>
      </section>`;
  return html`<form class="fill card" method="post" action="${stepPath(`chat/${chat.name}`)}">
        ${title}
        <p class="field"><label for="destination">Channel</label>${channelList(channels, destination, faults.destination)}</p>
        ${opened.inviteUrl === undefined ? html`<p class="small">A private channel is listed once the bot is in it. Invite it there, then look again.</p>` : invite(opened, false)}
        ${personFields(setup, people, progress, faults.person)}
        <p class="go"><button class="primary" name="action" value="channel">${obstacle === undefined ? 'Use this channel' : 'Check again'}</button>${obstacle === undefined ? nothing : html` <button name="action" value="later">Do it later</button>`} ${again}</p>
      </form>
      <details class="small"><summary>Change the ${setup.tokens.length === 1 ? 'token' : 'tokens'}</summary>${tokenForm(chat, setup, progress)}</details>`;
};

const chatPage = async (
  session: SetupSession,
  chat: Chat,
  setup: ChatSetup,
  shown: { opened?: Opened | undefined; problem?: string | undefined; faults?: ChoiceFaults },
): Promise<string> => {
  const { opened, problem, faults } = shown;
  const progress = progressOf(session, chat);
  return stepPage(
    { step: 'chat', title: `Connect ${chat.label}`, isAgain: session.isAgain, problem },
    opened ? channelForm(chat, setup, progress, { opened, faults }) : tokenForm(chat, setup, progress),
  );
};

/**
 * Tokens of the environment and .env count as pasted. Rejected ones are forgotten at the next check.
 *
 * @returns true if all are accepted
 * @throws ExternalError if the platform fails.
 */
const checkTokens = async (session: SetupSession, setup: ChatSetup, progress: ChatProgress): Promise<boolean> => {
  const { variables } = session.setup.present;
  for (const variable of Object.keys(progress.faults)) delete progress.tokens[variable];
  progress.faults = {};
  for (const { variable } of setup.tokens) {
    const value = progress.tokens[variable] ?? variables[variable];
    if (!value) continue;
    progress.tokens[variable] = value;
    if (progress.accepted[variable] === value) continue;
    const fault = await setup.tokenFault(variable, value);
    if (fault === undefined) progress.accepted[variable] = value;
    else progress.faults[variable] = fault;
  }
  return setup.tokens.every(({ variable }) => progress.tokens[variable] && !progress.faults[variable]);
};

const openAccess = async (access: ChatAccess): Promise<Opened> => ({
  ...{ identity: access.identity, inviteUrl: access.inviteUrl },
  ...{ channels: await access.channels(), people: await access.people() },
});

/** Shows a failure of the platform with what was typed. */
const orFailure = async (
  context: Context,
  session: SetupSession,
  { chat, setup }: { chat: Chat; setup: ChatSetup },
  work: () => Promise<Response>,
): Promise<Response> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
    const problem = `${error.message} What you pasted is kept: press Check to try again, or skip ${chat.label}.`;
    return context.html(await chatPage(session, chat, setup, { problem }), 503);
  }
};

/** Opens the platform with accepted tokens. */
const withAccess = async (
  setup: ChatSetup,
  { tokens }: ChatProgress,
  work: (access: ChatAccess) => Promise<Response>,
): Promise<Response> => {
  const access = await setup.open(tokens);
  try {
    return await work(access);
  } finally {
    access.close();
  }
};

export const getChat = async (context: Context, session: SetupSession, chat: Chat): Promise<Response> => {
  const setup = await chat.open();
  const progress = progressOf(session, chat);
  return orFailure(context, session, { chat, setup }, async () => {
    if (!(await checkTokens(session, setup, progress)))
      return context.html(await chatPage(session, chat, setup, { problem: firstFault(progress) }));
    return withAccess(setup, progress, async (access) => {
      const opened = await openAccess(access);
      const channel = opened.channels.find(({ destination }) => destination === progress.destination);
      // Somebody may have invited the bot meanwhile.
      if (channel?.obstacle === undefined) progress.obstacle = undefined;
      const problem = progress.obstacle && `${progress.obstacle}. Then press Check again.`;
      return context.html(await chatPage(session, chat, setup, { opened, problem }));
    });
  });
};

const firstFault = ({ faults }: ChatProgress): string | undefined =>
  Object.keys(faults).length > 0 ? 'A token was not accepted. See below for what to do.' : undefined;

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 1_000) : '');

const useChannel = async (
  context: Context,
  session: SetupSession,
  { chat, setup }: { chat: Chat; setup: ChatSetup },
  { access, isLater, hasPerson }: { access: ChatAccess; isLater: boolean; hasPerson: boolean },
): Promise<Response> => {
  const progress = progressOf(session, chat);
  const { destination, person, tokens } = progress;
  const refuse = async (opened: Opened, problem: string, faults: ChoiceFaults = {}): Promise<Response> =>
    context.html(await chatPage(session, chat, setup, { opened, problem, faults }), 400);
  const opened = await openAccess(access);
  const faults = {
    destination: destination === '' ? 'Choose the channel that the bot posts to.' : undefined,
    person: hasPerson || opened.people.length === 0 ? undefined : 'Choose yourself, or "I am not listed".',
  };
  if (faults.destination !== undefined || faults.person !== undefined)
    return refuse(opened, 'Something is not chosen yet. See below.', faults);
  const channel = opened.channels.find((one) => one.destination === destination);
  if (!channel) {
    progress.destination = undefined;
    return refuse(opened, 'The bot no longer sees this channel. Choose another one, or invite it there.');
  }
  const admin = person === '' ? undefined : setup.personOf(person);
  if (person !== '' && admin === undefined)
    return refuse(opened, `"${person}" is not an id in ${chat.label}. ${setup.personHint}.`);
  progress.obstacle = channel.obstacle === undefined || isLater ? channel.obstacle : await access.enter(channel);
  if (progress.obstacle !== undefined && !isLater)
    return refuse(opened, `${progress.obstacle}. Then press Check again.`);
  const { draft } = session;
  draft.admins = draft.admins.filter((one) => platformOf(one) !== chat.name);
  progress.label = channel.label;
  progress.personName = opened.people.find((one) => one.person === admin)?.label;
  postTo(session, { name: chat.name, destination: channel.destination, admin, tokens });
  return context.redirect(session.isAgain ? afterStep('chat', session) : stepPath('chat'), 303);
};

const missingText = ({ tokens }: ChatSetup, missing: readonly SetupToken[]): string => {
  const labels = missing.map(({ label }) => `the ${label.charAt(0).toLowerCase()}${label.slice(1)}`);
  return `Paste ${wordList(labels)}${missing.length < tokens.length ? ' too' : ''}.`;
};

export const postChat = async (context: Context, session: SetupSession, chat: Chat): Promise<Response> => {
  const body: Record<string, unknown> = await context.req.parseBody().catch(() => ({}));
  const setup = await chat.open();
  const progress = progressOf(session, chat);
  for (const { variable } of setup.tokens) {
    const pasted = tokenIn(textOf(body[variable]));
    if (pasted === '') continue;
    progress.tokens[variable] = pasted;
    delete progress.faults[variable];
  }
  if (body.action === 'tokens' || progress.tokens[setup.tokens[0]?.variable ?? ''] === undefined)
    return orFailure(context, session, { chat, setup }, async () => {
      if (await checkTokens(session, setup, progress)) return context.redirect(stepPath(`chat/${chat.name}`), 303);
      const missing = setup.tokens.filter(({ variable }) => !progress.tokens[variable]);
      const problem = firstFault(progress) ?? missingText(setup, missing);
      return context.html(await chatPage(session, chat, setup, { problem }), 400);
    });
  progress.destination = textOf(body.destination);
  const [listed, written] = [textOf(body.person), textOf(body.personId)];
  progress.person = listed === '' || listed === otherPerson ? written : listed;
  progress.isUnlisted = listed === otherPerson;
  const isLater = body.action === 'later';
  const hasPerson = listed !== '' || written !== '';
  return orFailure(context, session, { chat, setup }, () =>
    withAccess(setup, progress, (access) =>
      useChannel(context, session, { chat, setup }, { access, isLater, hasPerson }),
    ),
  );
};
