import type { Context } from 'hono';
import { html } from 'hono/html';
import { readSchedule, scheduleText, whenText } from '../../../commands/shared/schedule-words.ts';
import { channelNameFault, cronFault, timeZoneFault } from '../../../config/values.ts';
import { platformOf } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';
import type { FirstSteps } from '../../core/setup-pages.ts';
import { frame } from '../../pages/frame.ts';
import { type Html, lines, nothing } from '../../pages/html.ts';
import { absoluteLinks } from '../../pages/live/pages.ts';
import { messageHtml } from '../../pages/message.ts';
import { choicesOf, type Draft, modelOf, papersText, previewNote, wantedOf } from '../draft.ts';
import { differenceOf } from '../files.ts';
import { type PlannedFile, writeFiles } from '../write-files.ts';
import { learnNames, obstaclesOf, placeOn } from './chat.ts';
import { continueButton, options, stepPage, stepPath } from './layout.ts';
import type { SetupSession } from './session.ts';

const isKnown = ({ setup, draft }: SetupSession): boolean =>
  setup.present.file?.channels.some(({ name }) => name === draft.channel) ?? false;

/** The schedules that the form offers by name. Any other stays as it is. */
const dayNames: Readonly<Record<string, string>> = { weekdays: 'On weekdays', daily: 'Every day' };

type When = { days: string; time: string };

const whenOf = (schedule: string): When => {
  const [, days, time] = /^(on weekdays|every day) at (\d\d:\d\d)$/.exec(scheduleText(schedule)) ?? [];
  if (days === undefined || time === undefined) return { days: 'same', time: '' };
  return { days: days === 'every day' ? 'daily' : 'weekdays', time };
};

const zones = Intl.supportedValuesOf('timeZone');

type WhenFields = When & { channel: string; timezone: string };

const whenPage = (session: SetupSession, fields: WhenFields, problem?: string): Promise<string> => {
  const { draft, isAgain } = session;
  const { days, time, channel, timezone } = fields;
  const kept =
    whenOf(draft.schedule).days === 'same' ? [{ value: 'same', label: `As now: ${scheduleText(draft.schedule)}` }] : [];
  return stepPage(
    { step: 'finish', title: isKnown(session) ? 'When to post' : 'Name and time', isAgain, problem },
    html`<form class="fill card" method="post" action="${stepPath('when')}">
        ${
          isKnown(session)
            ? html`<input type="hidden" name="channel" value="${draft.channel}" />`
            : html`<p class="field"><label for="channel">Name of the channel</label><input type="text" id="channel" name="channel" value="${channel}" maxlength="40" required autocomplete="off" spellcheck="false" /></p>`
        }
        <p class="field"><label for="days">Days</label><select id="days" name="days">${options(
          [...kept, ...Object.entries(dayNames).map(([value, label]) => ({ value, label }))],
          days,
        )}</select></p>
        <p class="field"><label for="time">Time</label><input type="time" id="time" name="time" value="${time}" /></p>
        <p class="field"><label for="timezone">Time zone</label><input type="text" id="timezone" name="timezone" value="${timezone}" list="zones" maxlength="60" required autocomplete="off" spellcheck="false" /></p>
        <datalist id="zones">${zones.map((zone) => html`<option value="${zone}"></option>`)}</datalist>
        <p class="go">${continueButton()}</p>
      </form>`,
  );
};

export const getWhen = async (context: Context, session: SetupSession): Promise<Response> => {
  const { channel, schedule, timezone } = session.draft;
  return context.html(await whenPage(session, { ...whenOf(schedule), channel, timezone }));
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 200) : '');

export const postWhen = async (context: Context, session: SetupSession): Promise<Response> => {
  const body: Record<string, unknown> = await context.req.parseBody().catch(() => ({}));
  const { draft } = session;
  const fields = {
    ...{ channel: textOf(body.channel), timezone: textOf(body.timezone) },
    ...{ days: textOf(body.days), time: textOf(body.time) },
  };
  const refuse = async (problem: string): Promise<Response> =>
    context.html(await whenPage(session, fields, problem), 400);
  const nameFault = channelNameFault(fields.channel);
  if (nameFault !== undefined) return refuse(`Name of the channel: ${nameFault}.`);
  const zoneFault = timeZoneFault(fields.timezone);
  if (zoneFault !== undefined) return refuse(`Time zone: ${zoneFault}.`);
  let { schedule } = draft;
  if (fields.days !== 'same') {
    try {
      schedule = readSchedule(`${fields.days} ${fields.time}`, schedule);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return refuse('Write a time, such as 9:00.');
    }
  }
  const fault = cronFault(schedule);
  if (fault !== undefined) return refuse(`Time: ${fault}.`);
  if (fields.channel !== draft.channel) session.hasOwnName = true;
  Object.assign(draft, { channel: fields.channel, timezone: fields.timezone, schedule });
  return context.redirect(stepPath('finish'), 303);
};

const rowsOf = (session: SetupSession): { label: string; value: string; change: string; about: string }[] => {
  const { setup, draft } = session;
  const places = setup.chats.flatMap((chat) => {
    const place = placeOn(session, chat);
    return place === undefined ? [] : [`${place} on ${chat.label}`];
  });
  const nameOf = (person: string): string => {
    const { personName } = session.chats.get(platformOf(person)) ?? {};
    return personName === undefined ? person : `${personName} (${person})`;
  };
  return [
    { label: 'Reads', value: papersText(draft), change: 'papers', about: 'what to read' },
    {
      ...{ label: 'Scores with', value: modelOf(setup, draft) ?? 'the built-in scorer' },
      ...{ change: 'model', about: 'the scorer' },
    },
    {
      ...{ label: 'Posts to', value: [...places, 'the web page'].join(', ') },
      ...{ change: 'chat', about: 'the channels' },
    },
    { label: 'When', value: whenText(draft), change: 'when', about: 'the time' },
    // A channel keeps its name, which its digests have.
    ...(isKnown(session) ? [] : [{ label: 'Channel', value: draft.channel, change: 'when', about: 'the name' }]),
    ...(draft.admins.length > 0
      ? [{ label: 'New admin', value: draft.admins.map(nameOf).join(', '), change: 'chat', about: 'the admin' }]
      : []),
  ];
};

const fileHtml = (file: PlannedFile): Html =>
  html`<details class="file"${file.before === undefined ? nothing : html` open`}>
        <summary>${file.shown} <small>${file.before === undefined ? 'new' : 'changes'}</small></summary>
        <pre tabindex="0">${differenceOf(file)}</pre>
      </details>`;

const firstHtml = (session: SetupSession): Html => {
  const chosen = session.first ?? (obstaclesOf(session).length > 0 ? 'preview' : 'post');
  const choice = (value: typeof chosen, label: string): Html =>
    html`<label><input type="radio" name="first" value="${value}"${chosen === value ? html` checked` : nothing} /> <span>${label}</span></label>`;
  return html`<fieldset class="first"><legend>The first digest</legend>
          ${choice('post', 'Post it now')}
          ${choice('preview', 'Send only me a preview, and post the first digest at the next scheduled time')}
        </fieldset>`;
};

const otherChannels = ({ setup, draft }: SetupSession): Html => {
  const others = setup.present.file?.channels.filter(({ name }) => name !== draft.channel) ?? [];
  const link = (name: string, label: string): Html =>
    html`<a href="${stepPath('begin')}?channel=${encodeURIComponent(name)}">${label}</a>`;
  return html`<p class="small">${others.length === 0 ? nothing : html`Other channels: ${others.map(({ name }, index) => html`${index === 0 ? '' : ', '}${link(name, name)}`)}. `}${setup.present.file ? link('', 'Add a channel') : nothing}</p>`;
};

/** Everything chosen, and the files that change. Problems are those that would keep Paperboy from starting. */
export const finishPage = async (session: SetupSession, problem?: string): Promise<string> => {
  const { setup, draft, isAgain } = session;
  await learnNames(session);
  const planned = await setup.plan(choicesOf(draft)).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  const fault = planned instanceof UserError ? `${planned.message} Change it above, then come back.` : undefined;
  const files = planned instanceof UserError ? [] : planned;
  const isWritable = fault === undefined && files.length > 0;
  const note = previewNote(setup, draft);
  const isPosting = draft.post.length > 0 && !isKnown(session);
  return stepPage(
    {
      ...{ step: 'finish', title: isAgain ? `The set-up of ${draft.channel}` : 'Check and start', isAgain },
      problem: problem ?? fault,
    },
    html`<section class="card">
        <dl class="chosen">${lines(
          rowsOf(session).map(
            ({ label, value, change, about }) =>
              html`<div><dt>${label}</dt><dd><span>${value}</span> <a href="${stepPath(change)}">Change<span class="spoken"> ${about}</span></a></dd></div>`,
          ),
        )}</dl>
        ${lines(obstaclesOf(session).map((obstacle) => html`<p class="fault">${obstacle}</p>`))}
        ${note === undefined ? nothing : html`<p class="small">${note}</p>`}
        ${otherChannels(session)}
      </section>
      <form class="fill card" method="post" action="${stepPath('finish')}">
        ${isWritable ? html`<p>Paperboy writes these files and goes on with them at once.${files.some(({ isSecret }) => isSecret) ? ' Tokens and keys are only in .env, which only you can read.' : ''}</p>` : nothing}
        ${lines(files.map(fileHtml))}
        ${isWritable && isPosting ? firstHtml(session) : nothing}
        ${fault === undefined && files.length === 0 ? html`<p>Everything is saved; nothing needs to be written.</p><p class="go"><a class="primary" href="${absoluteLinks.file(draft.channel, 'index.html')}">Open the channel</a></p>` : nothing}
        ${isWritable ? html`<p class="go">${continueButton('Save and start')}</p>` : nothing}
      </form>`,
  );
};

/** Shown while the bot starts again. Leads to the channel, unless it shows the preview that takes the place of a digest. */
const startingPage = (draft: Draft, boot: string, preview: FirstSteps['preview']): Promise<string> => {
  const page = absoluteLinks.file(draft.channel, 'index.html');
  const then = preview
    ? html` data-then="Paperboy runs. It posts the first digest at the next scheduled time: ${whenText(draft)}."`
    : html` data-page="${page}"`;
  return frame(
    {
      ...{
        title: 'Saved – Set up Paperboy',
        description: 'Paperboy starts.',
        links: absoluteLinks,
        channel: undefined,
      },
      script: 'setup.js',
    },
    html`<div class="setup" id="starting" data-boot="${boot}" data-started="${stepPath('started')}"${then}>
      <h1 tabindex="-1" autofocus>Saved</h1>
      <p role="status" id="starting-status">Paperboy starts with your settings …</p>
      <p class="go"><a class="primary" href="${page}">Open ${draft.channel}</a></p>
      ${
        preview
          ? html`<section class="card" aria-label="Preview">
        ${preview.people.length > 0 ? html`<p class="small">You also get this preview as a private message.</p>` : nothing}
        ${messageHtml(preview.message)}
      </section>`
          : nothing
      }
    </div>`,
  );
};

/** Messages to whoever sets up: only on platforms that they have just connected. */
const previewOf = async (session: SetupSession, signal: AbortSignal): Promise<FirstSteps['preview']> => {
  const { setup, draft, first } = session;
  if (first !== 'preview' || draft.post.length === 0) return undefined;
  const day = draft.day ?? (await setup.previewer.preview(wantedOf(setup, draft), signal));
  return { people: draft.admins, message: day.message };
};

export type FinishParts = {
  /** Identifies this start of the bot. */
  boot: string;
  /** Lets the first digest of a channel wait for its scheduled time. */
  postpone(channel: string): Promise<void>;
  /** Starts the bot again with the new files, once the answer is sent. */
  restart(first: FirstSteps): void;
  end(): void;
};

/** Writes the files and starts the bot with them. */
export const postFinish = async (context: Context, session: SetupSession, parts: FinishParts): Promise<Response> => {
  const body: Record<string, unknown> = await context.req.parseBody().catch(() => ({}));
  const { setup, draft } = session;
  session.first = body.first === 'preview' ? 'preview' : 'post';
  try {
    const preview = await previewOf(session, context.req.raw.signal);
    await writeFiles(await setup.plan(choicesOf(draft)));
    if (preview) await parts.postpone(draft.channel);
    parts.end();
    parts.restart({ channel: draft.channel, preview });
    return context.html(await startingPage(draft, parts.boot, preview));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return context.html(await finishPage(session, error.message), 400);
  }
};

/** For a config file that cannot be understood, or another state in which nothing can be set up. */
export const brokenPage = (problem: string): Promise<string> =>
  stepPage({ step: 'papers', title: 'Set up Paperboy', isAgain: false, problem }, nothing);
