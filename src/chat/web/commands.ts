import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { z } from 'zod';
import type { Destination, Person } from '../../core/addresses.ts';
import { isIsoDate } from '../../core/dates.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { type Answer, type Message, maxFields, maxValueLength, textMessage } from '../../core/message.ts';
import { grouped } from '../../core/paper.ts';
import type { CommandRequest } from '../../core/platform.ts';
import type { LiveSite } from '../../core/site.ts';
import type { Stores } from '../../core/stores.ts';
import { type Access, readerOf } from './access.ts';
import type { WebPlatform } from './index.ts';

export type CommandParts = {
  site: LiveSite;
  access: Access;
  platform: WebPlatform;
  stores: { outbox: Pick<Stores['outbox'], 'header'> };
  logger: Logger;
  actor(context: Context): { person: Person; destination: Destination } | Response;
};

export const maxCommandLength = 2_000;

/**
 * Ends each part of a streamed response: progress as HTML, or nothing to keep the connection alive. The answer itself
 * comes after the last separator. HTML never contains this character.
 */
const partEnd = '\0';

/** Milliseconds between keep-alive messages, so that no proxy closes a silent connection. */
const beatMs = 20_000;

export const setStreamHeaders = (context: Context, type: string): void => {
  context.header('content-type', `${type}; charset=utf-8`);
  context.header('cache-control', 'no-store');
  // Turns off buffering in nginx.
  context.header('x-accel-buffering', 'no');
};

const commandFields = z.object({
  text: z.string().max(maxCommandLength),
  page: z.string().max(40).catch('index.html'),
});
const fieldPrefix = 'field.';
const formFields = z
  .array(z.tuple([z.string().min(1).max(100), z.string().max(maxValueLength)]))
  .max(maxFields)
  .transform((pairs): Record<string, string> => Object.fromEntries(pairs));

type TextRequest = CommandRequest & { text: string };

type Sent = { text: string; page: string; fields: Readonly<Record<string, string>> | undefined };

/** Returns an error text if the form is invalid. */
const sentBy = async (context: Context): Promise<Sent | string> => {
  const body: Record<string, unknown> = await context.req.parseBody().catch(() => ({}));
  const command = commandFields.safeParse(body);
  if (!command.success) return `Write a command of at most ${maxCommandLength} characters.`;
  const pairs = Object.entries(body).flatMap(([name, value]) =>
    // Browsers send a line break as two characters.
    name.startsWith(fieldPrefix)
      ? [[name.slice(fieldPrefix.length), typeof value === 'string' ? value.replaceAll('\r\n', '\n') : value]]
      : [],
  );
  if (pairs.length === 0) return { ...command.data, fields: undefined };
  const fields = formFields.safeParse(pairs);
  if (!fields.success) return `Write at most ${grouped(maxValueLength)} characters in each field.`;
  return { ...command.data, fields: fields.data };
};

/** Responds with part of the page to the page's script; otherwise with the whole page. */
export const createCommands = ({ site, access, platform, stores, logger, actor }: CommandParts): Hono => {
  const app = new Hono();

  const answerTo = async (request: CommandRequest) =>
    (await platform.handlers()?.command(request)) ?? textMessage('Paperboy is starting. Please try again in a moment.');

  /** The digest whose page a command is sent from. */
  const threadOf = async (channel: string, page: string, destination: Destination) => {
    const [, date] = /^(\d{4}-\d{2}-\d{2})\.html$/.exec(page) ?? [];
    return date !== undefined && isIsoDate(date) ? stores.outbox.header(channel, date, destination) : undefined;
  };

  /** The command continues even if nobody waits for its answer. */
  const streamed = (context: Context, request: TextRequest, on: { channel: string; page: string }) => {
    setStreamHeaders(context, 'text/html');
    return stream(context, async (page) => {
      const { text } = request;
      const markup = async (reply: Answer): Promise<string> =>
        (await site.exchange({ text, reply }, on)).replaceAll(partEnd, '');
      // Not awaited, because the reader may be gone.
      const write = (part: string): void => void page.write(part);
      let turn: Promise<void> = Promise.resolve();
      let isAnswered = false;
      const progress = (message: Message): Promise<void> => {
        if (isAnswered) return turn;
        turn = turn
          .then(async () => write(`${await markup(message)}${partEnd}`))
          .catch((error: unknown) => logger.warn({ reason: errorText(error) }, 'progress not shown'));
        return turn;
      };
      const beat = setInterval(() => write(partEnd), beatMs);
      try {
        const reply = await answerTo({ ...request, progress });
        isAnswered = true;
        await turn;
        write(await markup(reply));
      } catch (error) {
        logger.error({ err: error }, 'page failed');
        write(await markup(textMessage('Something went wrong. Ask your Paperboy admin to check the log.')));
      } finally {
        clearInterval(beat);
      }
    });
  };

  app.post('/:channel/commands', async (context) => {
    const who = actor(context);
    if (who instanceof Response) return who;
    const sent = await sentBy(context);
    if (typeof sent === 'string') return context.text(sent, 400);
    const { text, page, fields } = sent;
    const channel = context.req.param('channel');
    const thread = await threadOf(channel, page, who.destination);
    const request: TextRequest = {
      ...{ text, person: who.person, destination: who.destination, address: access.addressOf(context) },
      ...(thread && { thread }),
      ...(fields && { fields }),
      // Without a secret, only this machine may act.
      isOwner: !access.hasSecret,
    };
    if ((context.req.header('accept') ?? '').includes('text/html-fragment'))
      return streamed(context, request, { channel, page });
    const reader = {
      ...readerOf(access.of(context), access, context.req.raw),
      exchange: { text, reply: await answerTo(request) },
    };
    const shown = (await site.file(`${channel}/${page}`, reader)) ?? (await site.file(`${channel}/index.html`, reader));
    return shown ? context.body(shown.body, 200, { 'content-type': shown.type }) : context.notFound();
  });

  return app;
};
