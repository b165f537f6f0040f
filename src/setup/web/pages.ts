import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { channelNameFault } from '../../../config/values.ts';
import { UserError } from '../../core/errors.ts';
import { maskOf } from '../../core/secret.ts';
import {
  type FirstSteps,
  type SetupPages,
  type SetupRights,
  type SetupVisitor,
  setupPath,
} from '../../core/setup-pages.ts';
import { createSetup, type SetupParts, type SetupServices } from '../setup.ts';
import { getChat, getChats, postChat } from './chat.ts';
import { brokenPage, finishPage, getWhen, postFinish, postWhen } from './finish.ts';
import { stepPath } from './layout.ts';
import { getModel, postModel } from './model.ts';
import { papersPage, postPapers, streamPreview } from './papers.ts';
import { createSessions, type SetupSession, secretsIn } from './session.ts';

/** Milliseconds for the last answer to reach its browser. */
const farewellMs = 300;

type PageParts = Pick<SetupParts, 'env' | 'cwd' | 'platforms' | 'modelServers'> & {
  /** Starts the bot again. */
  restart(first: FirstSteps): void;
};

type Bindings = { Bindings: SetupVisitor };

/** The steps of `init` as pages: forms that work without scripts, with what was typed kept on the server. */
export const createSetupPages = (parts: PageParts, services: SetupServices, rights: SetupRights): SetupPages => {
  const { stores, signal, logger, clock } = services;
  const sessions = createSessions(() => createSetup(parts, services));
  // Differs after a restart, so that an open page can tell.
  const boot = randomUUID();
  const app = new Hono<Bindings>();

  const taken = async (): Promise<string[]> => stores.digests.channels();

  const begin = async (context: Context<Bindings>, channel: string | undefined): Promise<Response> => {
    const fault = channel ? channelNameFault(channel) : undefined;
    if (fault !== undefined) return context.html(await brokenPage(`The name of the channel: ${fault}.`), 400);
    const session = await sessions.begin(context.env.person, channel === '' ? await newName() : channel);
    if (channel === '') session.hasOwnName = false;
    // An owner is an admin already.
    if (!context.env.isOwner) session.draft.admins = [context.env.person];
    return context.redirect(stepPath(session.isAgain ? 'finish' : 'papers'), 303);
  };

  /** For a channel that is added; its words give it a better one. */
  const newName = async (): Promise<string> => {
    const names = await taken();
    return (
      ['papers', ...names.map((_, index) => `papers-${index + 2}`)].find((one) => !names.includes(one)) ?? 'papers'
    );
  };

  type Work = (context: Context<Bindings>, session: SetupSession) => Promise<Response>;

  const step = (name: string, get: Work, post: Work): void => {
    const withSession =
      (work: Work) =>
      async (context: Context<Bindings>): Promise<Response> => {
        const session = sessions.find(context.env.person);
        // After a restart, or on a bookmark.
        if (!session) return context.redirect(setupPath, 303);
        const answer = await work(context, session);
        const secrets = secretsIn(session);
        return secrets.length === 0 ? answer : new Response(maskOf(secrets)(await answer.text()), answer);
      };
    app.get(stepPath(name), withSession(get)).post(withSession(post));
  };

  app.get(setupPath, async (context) => {
    const session = sessions.find(context.env.person);
    if (!session) return begin(context, undefined);
    return context.redirect(stepPath(session.isAgain ? 'finish' : 'papers'), 303);
  });
  app.get(stepPath('begin'), (context) => begin(context, context.req.query('channel')));
  app.get(stepPath('started'), (context) => context.json({ boot }));

  const show =
    (page: (session: SetupSession) => Promise<string>): Work =>
    async (context, session) =>
      context.html(await page(session));

  step('papers', show(papersPage), (context, session) => postPapers(context, session, taken));
  app.get(stepPath('preview'), (context) => context.redirect(stepPath('papers'), 303));
  // Streamed. It repeats nothing that a chat platform or a model says.
  app.post(stepPath('preview'), async (context) => {
    const session = sessions.find(context.env.person);
    return session
      ? streamPreview(context, session)
      : context.text('Reload the page: Paperboy has started again.', 409);
  });
  step('model', getModel, postModel);
  step('chat', getChats, async (context) => context.redirect(stepPath('chat'), 303));
  const chatOf =
    (
      work: (
        context: Context,
        session: SetupSession,
        chat: SetupSession['setup']['chats'][number],
      ) => Promise<Response>,
    ): Work =>
    async (context, session) => {
      const chat = session.setup.chats.find(({ name }) => name === context.req.param('name'));
      return chat ? work(context, session, chat) : context.redirect(stepPath('chat'), 303);
    };
  step('chat/:name', chatOf(getChat), chatOf(postChat));
  step('when', getWhen, postWhen);
  step('finish', show(finishPage), (context, session) =>
    postFinish(context, session, {
      boot,
      async postpone(channel) {
        const at = clock.now().toISOString();
        await stores.changes.add({ at, person: context.env.person, channel, action: 'postpone', value: {} });
      },
      end: () => sessions.end(context.env.person),
      restart(first) {
        logger.info({ channel: first.channel }, 'set up, starting again');
        setTimeout(() => parts.restart(first), farewellMs);
      },
    }),
  );

  app.notFound((context) => context.redirect(setupPath, 303));
  app.onError(async (error, context) => {
    if (error instanceof UserError) return context.html(await brokenPage(error.message), 409);
    throw error;
  });

  return {
    isNew: rights.isNew,
    mayUse: (visitor) => rights.isNew || rights.isAdmin(visitor),
    handle: async (request, visitor) =>
      signal.aborted
        ? new Response('Paperboy is starting again. Reload the page in a moment.', { status: 503 })
        : app.fetch(request, visitor),
  };
};
