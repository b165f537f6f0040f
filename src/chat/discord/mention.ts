import { z } from 'zod';
import type { MessageRef } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { isForm, type Message, textMessage } from '../../core/message.ts';
import type { CommandRequest, PlatformHandlers } from '../../core/platform.ts';
import { createProgress } from '../kit/progress.ts';
import { lateForm } from '../kit/replies.ts';
import { addressOf, personOf } from './address.ts';
import type { DiscordCall } from './api.ts';
import type { Channels } from './channels.ts';
import { deliveryNonce } from './messages.ts';
import { type Rendered, renderAnswer } from './render.ts';
import { filesOf } from './reply.ts';

/**
 * https://docs.discord.com/developers/resources/message#message-object. Without a privileged intent, Discord sends the
 * content only of messages that mention the bot.
 */
const messageSchema = z.looseObject({
  id: z.string(),
  channel_id: z.string(),
  guild_id: z.string(),
  content: z.string(),
  author: z.looseObject({ id: z.string(), bot: z.boolean().optional() }),
  webhook_id: z.never().optional(),
  message_reference: z.looseObject({ message_id: z.string().nullish() }).nullish(),
});

export type Mention = {
  id: string;
  text: string;
  channel: string;
  guild: string;
  author: string;
  /** Id of the message that it replies to. */
  repliedTo: string | undefined;
};

/** A message of a person in a server that mentions the bot in its text. */
export const readMention = (payload: unknown, bot: string): Mention | undefined => {
  const message = messageSchema.safeParse(payload).data;
  if (!message || message.author.bot || message.author.id === bot) return undefined;
  const [before = '', ...after] = message.content.split(new RegExp(`<@!?${bot}>`));
  if (after.length === 0) return undefined;
  // Text before a mention is a greeting, unless nothing follows the mention.
  const text = after.some((part) => /[\p{L}\p{N}]/u.test(part)) ? after.join(' ') : before;
  const { id, channel_id: channel, guild_id: guild, author, message_reference: reference } = message;
  return {
    ...{ id, text: text.trim(), channel, guild, author: author.id },
    repliedTo: reference?.message_id ?? undefined,
  };
};

const progressPauseMs = 2_000;

const idSchema = z.looseObject({ id: z.string() });

type Parts = {
  call: DiscordCall;
  channels: Channels;
  handlers: Pick<PlatformHandlers, 'command'>;
  clock: Clock;
  logger: Logger;
};

/** Creates a function that answers mentions with replies, and personal answers in a direct message. */
export const createMentionAnswering = ({ call, channels, handlers, clock, logger }: Parts) => {
  const requestOf = async (mention: Mention): Promise<CommandRequest> => {
    const at = await channels.of(mention.channel);
    const destination = addressOf(at);
    const ref = (messageId: string): MessageRef => ({ destination, messageId });
    return {
      ...{ text: mention.text, isMention: true, destination },
      person: personOf(mention.guild, mention.author),
      // A thread has the id of the message that it was started from.
      ...(mention.channel !== at.channel && { thread: ref(mention.channel) }),
      ...(mention.repliedTo !== undefined && { about: ref(mention.repliedTo) }),
    };
  };

  return async (mention: Mention): Promise<void> => {
    const request = await requestOf(mention);
    const bodyOf = ({ embeds, components }: Rendered) => ({ embeds, components, allowed_mentions: { parse: [] } });
    let sent = 0;
    const post = async (channel: string, rendered: Rendered, files: ReturnType<typeof filesOf>): Promise<string> => {
      const key = `${mention.id}-${sent++}`;
      const nonce = deliveryNonce({ guild: mention.guild, channel }, key);
      const reference =
        channel === mention.channel
          ? { message_reference: { message_id: mention.id, fail_if_not_exists: false } }
          : undefined;
      const body = { ...bodyOf(rendered), ...reference, nonce, enforce_nonce: true };
      return (await call('post', `/channels/${channel}/messages`, idSchema, { body, ...(files && { files }) })).id;
    };

    const edit = async (id: string, rendered: Rendered): Promise<void> => {
      await call('patch', `/channels/${mention.channel}/messages/${id}`, z.unknown(), { body: bodyOf(rendered) });
    };

    let shown: string | undefined;
    const progress = createProgress({
      async show(message) {
        const [rendered] = renderAnswer(message);
        if (shown === undefined) shown = await post(mention.channel, rendered, undefined);
        else await edit(shown, rendered);
      },
      pauseAfter: () => progressPauseMs,
      onError: (error) => logger.warn({ reason: errorText(error) }, 'no progress shown on Discord'),
      clock,
    });

    const put = async (message: Message): Promise<void> => {
      const rendered = renderAnswer(message);
      for (const [index, one] of rendered.entries()) {
        const files = index === rendered.length - 1 ? filesOf(message) : undefined;
        // A file needs a message of its own.
        if (shown === undefined || files?.length) await post(mention.channel, one, files);
        else await edit(shown, one);
        shown = undefined;
      }
    };

    const answered = await handlers.command({ ...request, progress: progress.tell });
    await progress.end();
    const message: Message = isForm(answered) ? lateForm(answered.form, request.text) : answered;
    if (!message.isPersonal) return put(message);
    try {
      const direct = await call('post', '/users/@me/channels', idSchema, { body: { recipient_id: mention.author } });
      for (const [index, one] of renderAnswer(message).entries())
        await post(direct.id, one, index === 0 ? filesOf(message) : undefined);
    } catch (error) {
      if (!(error instanceof ExternalError)) throw error;
      return put(
        textMessage('This answer is for you alone, but you accept no direct messages from me. Use /arxiv instead.'),
      );
    }
    if (shown !== undefined) await put(textMessage('I sent you the answer.'));
  };
};
