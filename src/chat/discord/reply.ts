import { InteractionResponseType, InteractionType, MessageFlags } from 'discord.js';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { CommandEntry } from '../../core/command.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { type Answer, isForm, type Message, textMessage } from '../../core/message.ts';
import { shorten } from '../../core/paper.ts';
import type { PlatformHandlers } from '../../core/platform.ts';
import { createProgress } from '../kit/progress.ts';
import { lateForm, noPaper } from '../kit/replies.ts';
import type { CallOptions, DiscordCall } from './api.ts';
import { isAction, modalOf } from './forms.ts';
import { type Rendered, renderAnswer } from './render.ts';
import {
  type Interaction,
  interactionSchema,
  originOf,
  readAsked,
  readOptions,
  slashCommandSchema,
} from './request.ts';

/** Discord waits 3 seconds for a first response. After this many milliseconds, the response is deferred. */
const deferAfterMs = 2_000;
/** Milliseconds to find suggestions, for which Discord waits 3 seconds. */
const suggestionTimeoutMs = 2_000;

const progressPauseMs = 1_000;

/**
 * https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-choice-structure
 */
const maxChoices = 25;
const maxChoiceLength = 100;

const maxFiles = 10;

type Parts = {
  call: DiscordCall;
  commands: readonly CommandEntry[];
  handlers: Pick<PlatformHandlers, 'command' | 'paperOf' | 'suggest'>;
  clock: Clock;
  logger: Logger;
};

type Progress = (message: Message) => Promise<void>;

const bodyOf = ({ embeds, components }: Rendered, isPublic: boolean) => ({
  ...{ embeds, components, allowed_mentions: { parse: [] } },
  ...(!isPublic && { flags: MessageFlags.Ephemeral as const }),
});

export const filesOf = ({ files = [] }: Message): CallOptions['files'] =>
  files.slice(0, maxFiles).map(({ name, mediaType, text }) => ({
    name: name.replace(/[^\w.-]+/g, '-') || 'file.txt',
    data: text,
    contentType: mediaType,
  }));

/**
 * Creates a function that responds to interactions: commands, buttons, forms, menu entries and requests for
 * suggestions. An answer within two seconds is sent as the first response; a form can only be sent that way. Later
 * answers follow a deferral, up to 15 minutes after the request, and replace the progress.
 */
export const createAnswering = ({ call, commands, handlers, clock, logger }: Parts) => {
  const respond = async (
    { id, token }: Interaction,
    type: InteractionResponseType,
    data: object,
    files?: CallOptions['files'],
  ): Promise<void> => {
    const sent = { body: { type, data }, auth: false, ...(files && { files }) };
    await call('post', `/interactions/${id}/${token}/callback`, z.unknown(), sent);
  };

  const reply = async (interaction: Interaction, command: string, work: (progress: Progress) => Promise<Answer>) => {
    const route = `/webhooks/${interaction.application_id}/${interaction.token}` as const;
    let deferral: Promise<void> | undefined;
    const defer = (): Promise<void> => {
      deferral ??= respond(interaction, InteractionResponseType.DeferredChannelMessageWithSource, {
        flags: MessageFlags.Ephemeral,
      });
      return deferral;
    };
    const replace = async (shown: Rendered, files?: CallOptions['files']): Promise<void> => {
      const { flags: _, ...body } = bodyOf(shown, false);
      await call('patch', `${route}/messages/@original`, z.unknown(), { body, auth: false, ...(files && { files }) });
    };
    const follow = async (shown: Rendered, isPublic: boolean, files?: CallOptions['files']): Promise<void> => {
      const sent = { body: bodyOf(shown, isPublic), auth: false, ...(files && { files }) };
      await call('post', route, z.unknown(), sent);
    };

    const progress = createProgress({
      async show(shown) {
        await defer();
        await replace(renderAnswer(shown)[0]);
      },
      pauseAfter: () => progressPauseMs,
      onError: (error) => logger.warn({ reason: errorText(error) }, 'no progress shown on Discord'),
      clock,
    });

    const working = work(progress.tell);
    const soon = new AbortController();
    try {
      const tooLate = clock.sleep(deferAfterMs, soon.signal).catch(() => {});
      if (!(await Promise.race([working, tooLate]))) {
        // A failure is handled below, where the work is awaited.
        working.catch(() => {});
        await defer();
      }
    } finally {
      soon.abort();
    }
    const answer = await working;
    await progress.end();

    // Discord cannot open a form in response to a form.
    if (isForm(answer) && !deferral && interaction.type !== InteractionType.ModalSubmit)
      return respond(interaction, InteractionResponseType.Modal, modalOf(answer.form));
    const whole = isForm(answer) ? lateForm(answer.form, isAction(command) ? command : undefined) : answer;
    const isPublic = whole.isPublic ?? false;
    const messages = renderAnswer(whole);
    const last = messages.length - 1;
    const filesWith = (index: number) => (index === last ? filesOf(whole) : undefined);
    const [first, ...others] = messages;
    if (!deferral) {
      const type = InteractionResponseType.ChannelMessageWithSource;
      await respond(interaction, type, bodyOf(first, isPublic), filesWith(0));
    } else {
      await deferral;
      // The response to a deferral stays visible to one person only.
      if (isPublic) await replace(renderAnswer(textMessage('Here is the answer, visible to everybody.'))[0]);
      if (isPublic) await follow(first, true, filesWith(0));
      else await replace(first, filesWith(0));
    }
    for (const [index, other] of others.entries()) await follow(other, isPublic, filesWith(index + 1));
  };

  const answer = async (interaction: Interaction): Promise<void> => {
    const origin = originOf(interaction);
    const asked = readAsked(interaction, commands);
    if (!origin || !asked) return;
    if ('menu' in asked)
      return reply(interaction, '', async (progress) => {
        const paper = await handlers.paperOf({ destination: origin.destination, messageId: asked.message });
        return paper === undefined
          ? noPaper
          : handlers.command({ text: `${asked.menu} ${paper}`, ...origin, progress });
      });
    return reply(interaction, asked.text, (progress) => handlers.command({ ...asked.input, ...origin, progress }));
  };

  const suggestionsFor = async (interaction: Interaction) => {
    const origin = originOf(interaction);
    const input = slashCommandSchema.safeParse(interaction.data).data;
    const { command = '', focused } = input ? readOptions(input, commands) : {};
    if (!origin || !focused) return [];
    const found = new AbortController();
    try {
      return await Promise.race([
        handlers.suggest({ command, ...focused, ...origin }),
        clock.sleep(suggestionTimeoutMs, found.signal).then(() => {
          throw new Error(`not ready within ${suggestionTimeoutMs} ms`);
        }),
      ]);
    } catch (error) {
      logger.warn({ command, option: focused.option, reason: errorText(error) }, 'no suggestions on Discord');
      return [];
    } finally {
      found.abort();
    }
  };

  const suggest = async (interaction: Interaction): Promise<void> => {
    const choices = (await suggestionsFor(interaction))
      .filter(({ label, value }) => label.trim() !== '' && value !== '' && value.length <= maxChoiceLength)
      .slice(0, maxChoices)
      .map(({ label, value }) => ({ name: shorten(label.trim(), maxChoiceLength), value }));
    await respond(interaction, InteractionResponseType.ApplicationCommandAutocompleteResult, { choices });
  };

  return async (payload: unknown): Promise<void> => {
    const interaction = interactionSchema.safeParse(payload).data;
    if (!interaction) return;
    if (interaction.type === InteractionType.ApplicationCommandAutocomplete) await suggest(interaction);
    else await answer(interaction);
  };
};
