import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import { type Answer, type Form, isForm } from '../../core/form.ts';
import type { Logger } from '../../core/logger.ts';
import { type Message, textMessage } from '../../core/message.ts';
import type { CallOptions, DiscordCall } from './api.ts';
import { isAction } from './buttons.ts';
import { modalOf } from './forms.ts';
import { createProgress } from './progress.ts';
import { type Rendered, renderAnswer } from './render.ts';

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type */
export const callbacks = { message: 4, deferred: 5, choices: 8, modal: 9 } as const;
/** Only the person who asked sees it: https://docs.discord.com/developers/resources/message#message-object-message-flags */
const ephemeral = 1 << 6;

/** Discord waits 3 seconds for a first answer, in milliseconds; after these it is told that one will come. */
const patience = 2_000;

/** Discord takes so many files with a message. */
const maxFiles = 10;

export type Asked = {
  id: string;
  application_id: string;
  token: string;
  /** What was asked, as a command that may be said again. */
  command: string;
  /** False for a form that was sent: Discord opens none in answer to it. */
  mayOpenForm: boolean;
};

type Parts = { call: DiscordCall; clock: Clock; logger: Logger };

/** For a form that cannot be opened any more, a button that asks for it again. */
const formLater = ({ title }: Form, command: string): Message => {
  if (!isAction(command)) return textMessage('The form took me too long to make. Please ask for it once more.');
  const text = `${title}: press the button for the form.`;
  return {
    summary: text,
    blocks: [
      { type: 'paragraph', content: [text] },
      { type: 'buttons', buttons: [{ label: 'Open the form', command, style: 'primary' }] },
    ],
  };
};

const body = ({ embeds, components }: Rendered, isPublic: boolean) => ({
  ...{ embeds, components, allowed_mentions: { parse: [] } },
  ...(!isPublic && { flags: ephemeral }),
});

const filesOf = ({ files = [] }: Message): CallOptions['files'] =>
  files.slice(0, maxFiles).map(({ name, mediaType, text }) => ({
    name: name.replace(/[^\w.-]+/g, '-') || 'file.txt',
    data: text,
    contentType: mediaType,
  }));

/**
 * Makes a function that answers what somebody asked. An answer that is there within two seconds is the first response, as
 * a form has to be; else Discord is told to wait for it, for up to 15 minutes, and its progress is shown in its place.
 */
export const createReplying = ({ call, clock, logger }: Parts) => {
  const respond = (asked: Asked, response: object, files?: CallOptions['files']): Promise<unknown> =>
    call('post', `/interactions/${asked.id}/${asked.token}/callback`, z.unknown(), {
      ...{ body: response, auth: false },
      ...(files && { files }),
    });

  return async (asked: Asked, work: (progress: (message: Message) => Promise<void>) => Promise<Answer>) => {
    const route = `/webhooks/${asked.application_id}/${asked.token}` as const;
    let deferral: Promise<unknown> | undefined;
    const defer = (): Promise<unknown> => {
      deferral ??= respond(asked, { type: callbacks.deferred, data: { flags: ephemeral } });
      return deferral;
    };
    const replace = async (message: Rendered, files?: CallOptions['files']): Promise<void> => {
      const { flags: _, ...shown } = body(message, false);
      const sent = { body: shown, auth: false, ...(files && { files }) };
      await call('patch', `${route}/messages/@original`, z.unknown(), sent);
    };
    const follow = async (message: Rendered, isPublic: boolean, files?: CallOptions['files']): Promise<void> => {
      await call('post', route, z.unknown(), { body: body(message, isPublic), auth: false, ...(files && { files }) });
    };

    const progress = createProgress({
      async show(message) {
        await defer();
        await replace(renderAnswer(message)[0]);
      },
      onError: (error) => logger.warn({ reason: errorText(error) }, 'no progress shown on Discord'),
      clock,
    });

    const working = work(progress.tell);
    const soon = new AbortController();
    try {
      const tooLate = clock.sleep(patience, soon.signal).catch(() => {});
      if (!(await Promise.race([working, tooLate]))) {
        // Its failure is told where it is waited for.
        working.catch(() => {});
        await defer();
      }
    } finally {
      soon.abort();
    }
    const answer = await working;
    await progress.end();

    if (isForm(answer) && !deferral && asked.mayOpenForm) {
      await respond(asked, { type: callbacks.modal, data: modalOf(answer.form) });
      return;
    }
    const message = isForm(answer) ? formLater(answer.form, asked.command) : answer;
    const isPublic = message.isPublic ?? false;
    const messages = renderAnswer(message);
    const last = messages.length - 1;
    const filesWith = (index: number) => (index === last ? filesOf(message) : undefined);
    const [first, ...others] = messages;
    if (!deferral) {
      await respond(asked, { type: callbacks.message, data: body(first, isPublic) }, filesWith(0));
    } else {
      await deferral;
      // What one person alone was told to wait for stays theirs.
      if (isPublic) await replace(renderAnswer(textMessage('Here it is, for everybody to see.'))[0]);
      if (isPublic) await follow(first, true, filesWith(0));
      else await replace(first, filesWith(0));
    }
    for (const [index, other] of others.entries()) await follow(other, isPublic, filesWith(index + 1));
  };
};
