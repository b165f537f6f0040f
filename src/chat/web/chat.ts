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
import { createCommands, maxCommandLength } from './commands.ts';
import type { WebPlatform } from './index.ts';
import { visitorAddress } from './visitors.ts';
import type { Watches } from './watch.ts';

export type ChatParts = {
  site: LiveSite;
  access: Access;
  /** The channels that are read here, and where each of them is talked to. */
  channels: readonly { name: string; destination: Destination | undefined }[];
  platform: WebPlatform;
  stores: Pick<Stores, 'reactions' | 'outbox'>;
  watches: Watches;
  logger: Logger;
  complete(typed: string, place: { person: Person; destination: Destination }): Promise<Completion[]>;
};

/** Pages that may be open at once; a browser that is one too many asks again later. */
const maxOpen = 500;

/**
 * Pages that one person who may act has open at once, and all others at one address together: a whole office may be behind
 * it. A tab that is hidden counts for none.
 */
const maxOpenPerVisitor = { person: 20, address: 100 };

/** So that no proxy takes a silent connection for a dead one, in milliseconds. */
const beatMs = 20_000;

const reactionFields = z.object({ message: z.string().min(1).max(200), vote: z.enum(['up', 'down', 'none']) });

const wants = (context: Context, type: string): boolean => (context.req.header('accept') ?? '').includes(type);

/** Back to the page where the form was sent, if it was one of this site. Browsers take `//` for another site's address. */
const wayBack = (context: Context, channel: string): string => {
  const from = URL.parse(context.req.header('referer') ?? '');
  const isOwn = from !== null && from.host === context.req.header('host') && !from.pathname.startsWith('//');
  return isOwn ? from.pathname : `/${channel}/`;
};

/** The fields of a form; none where the body is no form. */
const fieldsOf = (context: Context): Promise<object> => context.req.parseBody().catch(() => ({}));

/** What a channel's page sends and asks while it is open: votes, commands, what may be typed, and what changes. */
export const createChat = (parts: ChatParts): Hono => {
  const { access, platform, watches, stores } = parts;
  const app = new Hono();
  const openOf = new Map<string, number>();
  const channelOf = (context: Context) => parts.channels.find(({ name }) => name === context.req.param('channel'));

  /** The person who acts and the channel's destination, or a response if they may not act. */
  const actor = (context: Context): { person: Person; destination: Destination } | Response => {
    const visitor = access.of(context.req.raw);
    if (!visitor.mayAct) return access.refusal(visitor, context.req.raw);
    const channel = channelOf(context);
    if (!channel) return context.text('There is no channel of this name. The pages begin at /', 404);
    if (channel.destination === undefined)
      return context.text(`${channel.name} is not talked to here; add web to what it posts to.`, 404);
    if (visitor.person === undefined)
      return context.text('Your browser sent no cookie. Allow cookies for this page, and load it again.', 403);
    return { person: visitor.person, destination: channel.destination };
  };

  app.post('/:channel/reactions', async (context) => {
    const who = actor(context);
    if (who instanceof Response) return who;
    const fields = reactionFields.safeParse(await fieldsOf(context));
    if (!fields.success) return context.text('This is no vote; load the page again.', 400);
    const { message: messageId, vote } = fields.data;
    const ref = { destination: who.destination, messageId };
    try {
      await platform.vote(ref, who.person, vote === 'none' ? undefined : vote);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return context.text(error.message, 404);
    }
    watches.lookNow();
    const channel = context.req.param('channel');
    if (!wants(context, 'application/json')) return context.redirect(wayBack(context, channel), 303);
    const paperId = (await stores.outbox.about(ref))?.paperId;
    const ids = paperId === undefined ? [] : [paperId];
    const counts = await stores.reactions.votes(channel, ids);
    const own = await stores.reactions.votesOf(channel, ids, who.person);
    return context.json({
      count: counts.get(paperId ?? '') ?? { up: 0, down: 0 },
      own: own.get(paperId ?? '') ?? null,
    });
  });

  app.route('/', createCommands({ ...parts, actor }));

  // Where an answer to a form was shown as a page, and is asked for again.
  app.get('/:channel/:form{reactions|commands}', (context, next) => {
    const channel = channelOf(context);
    return channel ? Promise.resolve(context.redirect(`/${channel.name}/`, 303)) : next();
  });

  app.get('/:channel/completions', async (context) => {
    const who = actor(context);
    if (who instanceof Response) return who;
    const typed = (context.req.query('typed') ?? '').slice(0, maxCommandLength);
    return context.json(await parts.complete(typed, { person: who.person, destination: who.destination }));
  });

  app.get('/:channel/live', (context) => {
    const visitor = access.of(context.req.raw);
    if (!visitor.mayRead) return access.refusal(visitor, context.req.raw);
    const date = context.req.query('date');
    const channel = channelOf(context);
    if (!channel || (date !== undefined && !isIsoDate(date)))
      return context.text('There is nothing at this address. The pages begin at /', 404);
    if (watches.size() >= maxOpen)
      return context.text('Too many pages are open; try again later.', 503, { 'retry-after': '60' });
    const person = visitor.mayAct ? visitor.person : undefined;
    const reader = person ?? visitorAddress(context);
    const open = openOf.get(reader) ?? 0;
    if (open >= maxOpenPerVisitor[person ? 'person' : 'address'])
      return context.text('You have too many pages open; close some, and this one follows again.', 429, {
        'retry-after': '60',
      });
    context.header('content-type', 'text/event-stream; charset=utf-8');
    context.header('cache-control', 'no-store');
    // nginx would hold it back.
    context.header('x-accel-buffering', 'no');
    // Nobody reads a stream after HEAD, and so nobody would end it.
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
