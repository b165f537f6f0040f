import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { z } from 'zod';
import type { Destination, Person } from '../../core/addresses.ts';
import { isIsoDate } from '../../core/dates.ts';
import { UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Completion } from '../../core/platform.ts';
import type { LiveSite } from '../../core/site.ts';
import type { Stores } from '../../core/stores.ts';
import type { Access } from './access.ts';
import { createCommands, maxCommandLength, setStreamHeaders } from './commands.ts';
import type { WebPlatform } from './index.ts';
import { createMarks } from './marks.ts';
import { createPreviews, type PreviewParts } from './preview.ts';
import type { Watches } from './watch.ts';

export type ChatParts = {
  site: LiveSite;
  access: Access;
  channels: readonly { name: string; destination: Destination | undefined }[];
  platform: WebPlatform;
  stores: Pick<Stores, 'reactions' | 'outbox' | 'saved' | 'readMarks'>;
  now(): Date;
  watches: Watches;
  logger: Logger;
  preview: PreviewParts['preview'];
  complete(input: string, from: { person: Person; destination: Destination }): Promise<Completion[]>;
};

const maxOpen = 500;

/**
 * Limits on open pages: for one signed-in person, and for all others at one address, which may be a whole office.
 * Hidden tabs do not count.
 */
const maxOpenPerVisitor = { person: 20, address: 100 };

/** Milliseconds between keep-alive messages, so that no proxy closes a silent connection. */
const beatMs = 20_000;

const reactionFields = z.object({ message: z.string().min(1).max(200), vote: z.enum(['up', 'down', 'none']) });

const wants = (context: Context, type: string): boolean => (context.req.header('accept') ?? '').includes(type);

/** The form's page, if it is on this site. Browsers read `//` as the start of another site's address. */
const wayBack = (context: Context): string => {
  const from = URL.parse(context.req.header('referer') ?? '');
  const isOwn = from !== null && from.host === context.req.header('host') && !from.pathname.startsWith('//');
  return isOwn ? `${from.pathname}${from.search}` : `/${context.req.param('channel')}/`;
};

const fieldsOf = (context: Context): Promise<object> => context.req.parseBody().catch(() => ({}));

export const createChat = (parts: ChatParts): Hono => {
  const { access, platform, watches, stores } = parts;
  const app = new Hono();
  const openOf = new Map<string, number>();
  const channelOf = (context: Context) => parts.channels.find(({ name }) => name === context.req.param('channel'));

  /** The acting person and the channel's destination, or a response if they may not act. */
  const actor = (context: Context): { person: Person; destination: Destination } | Response => {
    const visitor = access.of(context);
    if (!visitor.mayAct) return access.refusal(visitor, context.req.raw);
    const channel = channelOf(context);
    if (!channel) return context.text('There is no such channel. Start at /', 404);
    if (channel.destination === undefined)
      return context.text(`${channel.name} does not post to the web page. Add web to its post setting.`, 404);
    if (visitor.person === undefined)
      return context.text('Your browser sent no cookie. Allow cookies for this page and reload it.', 403);
    return { person: visitor.person, destination: channel.destination };
  };

  app.post('/:channel/reactions', async (context) => {
    const who = actor(context);
    if (who instanceof Response) return who;
    const fields = reactionFields.safeParse(await fieldsOf(context));
    if (!fields.success) return context.text('This is not a vote. Reload the page.', 400);
    const { message: messageId, vote } = fields.data;
    const ref = { destination: who.destination, messageId };
    try {
      await platform.vote(ref, who.person, vote === 'none' ? undefined : vote);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return context.text(error.message, 404);
    }
    const channel = context.req.param('channel');
    watches.checkNow(channel);
    if (!wants(context, 'application/json')) return context.redirect(wayBack(context), 303);
    const paperId = (await stores.outbox.about(ref))?.paperId;
    const ids = paperId === undefined ? [] : [paperId];
    const { counts, own } = await stores.reactions.ballots(channel, ids, who.person);
    return context.json({
      count: counts.get(paperId ?? '') ?? { up: 0, down: 0 },
      own: own.get(paperId ?? '') ?? null,
    });
  });

  app.route('/', createCommands({ ...parts, actor }));
  app.route('/', createMarks({ ...parts, actor, wayBack }));
  app.route('/', createPreviews({ ...parts, actor }));

  // Handles reloads of a page that showed the answer to a form.
  app.get('/:channel/:form{reactions|commands|marks}', (context, next) => {
    const channel = channelOf(context);
    return channel ? Promise.resolve(context.redirect(`/${channel.name}/`, 303)) : next();
  });

  app.get('/:channel/completions', async (context) => {
    const who = actor(context);
    if (who instanceof Response) return who;
    const input = (context.req.query('typed') ?? '').slice(0, maxCommandLength);
    return context.json(await parts.complete(input, { person: who.person, destination: who.destination }));
  });

  app.get('/:channel/live', (context) => {
    const visitor = access.of(context);
    if (!visitor.mayRead) return access.refusal(visitor, context.req.raw);
    const date = context.req.query('date');
    const channel = channelOf(context);
    if (!channel || (date !== undefined && !isIsoDate(date)))
      return context.text('There is no page at this address. Start at /', 404);
    if (watches.size() >= maxOpen)
      return context.text('Too many pages are open. Try again later.', 503, { 'retry-after': '60' });
    const person = visitor.mayAct ? visitor.person : undefined;
    const reader = person ?? access.addressOf(context);
    const open = openOf.get(reader) ?? 0;
    if (open >= maxOpenPerVisitor[person ? 'person' : 'address'])
      return context.text('You have too many pages open. Close some of them.', 429, {
        'retry-after': '60',
      });
    setStreamHeaders(context, 'text/event-stream');
    // After HEAD nobody reads the stream, so nobody would end it.
    if (context.req.method === 'HEAD') return context.body(null);
    openOf.set(reader, open + 1);
    const leave = (): void => {
      const left = (openOf.get(reader) ?? 1) - 1;
      if (left > 0) openOf.set(reader, left);
      else openOf.delete(reader);
    };
    return stream(context, async (page) => {
      const ended = Promise.withResolvers<void>();
      page.onAbort(ended.resolve);
      const write = (text: string): void => {
        page.write(text).catch(ended.resolve);
      };
      const unfollow = watches.follow(channel.name, date, (state) => write(`event: state\ndata: ${state}\n\n`));
      const beat = setInterval(() => write(': here\n\n'), beatMs);
      await ended.promise;
      clearInterval(beat);
      unfollow();
      leave();
    });
  });

  return app;
};
