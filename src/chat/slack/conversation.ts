import { z } from 'zod';
import { atMost, type Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import { type Answer, type Form, isForm } from '../../core/form.ts';
import type { Logger } from '../../core/logger.ts';
import { type Message, textMessage } from '../../core/message.ts';
import type { PlatformHandlers } from '../../core/platform.ts';
import type { SlackCall } from './api.ts';
import type { Mention } from './mentions.ts';
import { type ModalView, modalOf } from './modal.ts';
import { carriedBy, type Origin, readClick, readShortcut, readSubmission, readTyped } from './origin.ts';
import { type Reply, type ReplySetup, replyInThread, replyToPerson } from './reply.ts';

/** Milliseconds after which no form is opened any more; Slack takes its trigger for 3 seconds. */
const triggerLife = 2500;
/** Milliseconds in which a form may answer a form that was sent; it closes after that. */
const formPatience = 2000;

/** The entries of the menu on a message, by their callback ids, with the command that each says of the paper. */
export const shortcutCommands: Readonly<Record<string, string>> = {
  paperboy_show: 'show',
  paperboy_similar: 'similar',
  paperboy_save: 'save',
};

const noPaper = textMessage(
  'That message is about no paper that I know. Choose this in the menu of a message in which I posted a paper.',
);

/** What stands for a form that cannot be opened now: pressing the button gives Slack a new chance to. */
const formLater = ({ title }: Form, text: string): Message => {
  const said = `I could not open “${title}” here and now. Press the button to fill it in.`;
  return {
    ...textMessage(said),
    blocks: [
      { type: 'paragraph', content: [said] },
      { type: 'buttons', buttons: [{ label: title, command: text, style: 'primary' }] },
    ],
  };
};

type Setup = ReplySetup & { handlers: PlatformHandlers; clock: Clock; logger: Logger; call: SlackCall };

/** What people say to the bot in its several ways, and what it answers. Each method rejects with ExternalError. */
export const createConversation = (setup: Setup) => {
  const { handlers, clock, logger, call } = setup;

  const viewOf = (form: Form, origin: Origin): ModalView =>
    modalOf(form, carriedBy(form.submit.command, origin), clock.monotonic().toString(36));

  const opened = async (form: Form, origin: Origin, heardAt: number): Promise<boolean> => {
    if (!origin.trigger || clock.monotonic() - heardAt > triggerLife) return false;
    try {
      await call('views.open', { trigger_id: origin.trigger, view: viewOf(form, origin) }, z.looseObject({}));
      return true;
    } catch (error) {
      logger.warn({ reason: errorText(error) }, 'form not opened in Slack');
      return false;
    }
  };

  const converse = async (text: string, origin: Origin, reply: Reply): Promise<void> => {
    const heardAt = clock.monotonic();
    const { person, destination } = origin;
    const answer = await handlers.command({ text, person, destination, progress: reply.progress });
    if (!isForm(answer)) return reply.answer(answer);
    if (!(await opened(answer.form, origin, heardAt))) await reply.answer(formLater(answer.form, text));
  };

  return {
    async typed(payload: unknown): Promise<void> {
      const { text, origin } = readTyped(payload, clock.realNow());
      await converse(text, origin, replyToPerson(setup, origin));
    },

    async clicked(payload: unknown): Promise<void> {
      const { text, origin } = readClick(payload, clock.realNow());
      await converse(text, origin, replyToPerson(setup, origin));
    },

    async chosen(payload: unknown): Promise<void> {
      const { name, message, origin } = readShortcut(payload, clock.realNow());
      const reply = replyToPerson(setup, origin);
      const paper = await handlers.paperOf(message);
      if (paper === undefined) return reply.answer(noPaper);
      await converse(`${shortcutCommands[name] ?? 'show'} ${paper}`, origin, reply);
    },

    /** A form that was sent; `acknowledge` closes it, or puts another in its place. */
    async sent(payload: unknown, acknowledge: (next?: ModalView) => Promise<void>): Promise<void> {
      const { text, fields, origin } = readSubmission(payload, clock.realNow());
      const reply = replyToPerson(setup, origin);
      const { person, destination } = origin;
      let answer: Answer | undefined;
      const working = handlers.command({ text, fields, person, destination, progress: reply.progress });
      const noted = working.then((given) => {
        answer = given;
        return given;
      });
      await atMost(formPatience, noted, clock);
      if (answer && isForm(answer)) return acknowledge(viewOf(answer.form, origin));
      await acknowledge();
      const given = await noted;
      await reply.answer(isForm(given) ? formLater(given.form, text) : given);
    },

    async mentioned({ text, person, destination, channel, user, thread }: Mention): Promise<void> {
      const origin = { person, destination, channel, user, thread };
      const [shared, own] = [replyInThread(setup, { channel, thread }), replyToPerson(setup, origin)];
      const answer = (message: Message) => (message.isPersonal ? own : shared).answer(message);
      await converse(text, origin, { ...shared, answer });
    },

    /** A message that links to a paper. */
    async linked({ text, destination, channel, thread }: Mention): Promise<void> {
      const card = await handlers.card(text, destination);
      if (card) await replyInThread(setup, { channel, thread }).answer(card);
    },
  };
};
