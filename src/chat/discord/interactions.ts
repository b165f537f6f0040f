import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { CommandEntry } from '../../core/command.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { shorten } from '../../core/paper-text.ts';
import type { CommandRequest, PlatformHandlers } from '../../core/platform.ts';
import { addressOf, noGuild, personOf } from './address.ts';
import type { DiscordCall } from './api.ts';
import { actionIn } from './buttons.ts';
import { commandName } from './commands.ts';
import { fieldsIn, filledFormSchema } from './forms.ts';
import { aboutNoPaper, chosenSchema, menuCommand } from './menus.ts';
import { channelSchema, placeOf } from './places.ts';
import { type Asked, callbacks, createReplying } from './reply.ts';
import { readTyped, typedCommandSchema } from './typed.ts';

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-type */
const kinds = { command: 2, button: 3, autocomplete: 4, form: 5 } as const;

/** Milliseconds that values may take to be found; Discord waits 3 seconds for them. */
const suggestionTimeout = 2_000;
const maxChoices = 25;
const choiceLength = 100;

const userSchema = z.looseObject({ id: z.string() });
const interactionSchema = z.looseObject({
  id: z.string(),
  application_id: z.string(),
  type: z.number(),
  token: z.string(),
  guild_id: z.string().optional(),
  channel_id: z.string(),
  channel: channelSchema.optional(),
  member: z.looseObject({ user: userSchema }).optional(),
  user: userSchema.optional(),
  data: z.unknown(),
});
type Interaction = z.infer<typeof interactionSchema>;

const pressedSchema = z.looseObject({ custom_id: z.string() });
const typedSchema = typedCommandSchema.extend({ name: z.literal(commandName) });

/** Who typed, and where: in a thread, the channel that it belongs to. */
const originOf = ({ guild_id, channel_id, channel, member, user }: Interaction) => {
  const guild = guild_id ?? noGuild;
  const place = placeOf({ type: 0, ...channel, id: channel_id, guild_id: guild });
  const id = member?.user.id ?? user?.id;
  return id ? { person: personOf(guild, id), destination: addressOf(place) } : undefined;
};

type Parts = {
  call: DiscordCall;
  commands: readonly CommandEntry[];
  handlers: Pick<PlatformHandlers, 'command' | 'paperOf' | 'suggest'>;
  clock: Clock;
  logger: Logger;
};

/** What somebody said: a command, with what was filled in of a form; or a command about the paper of a message. */
type Said = { text: string; fields?: Record<string, string> } | { message: string; about(paper: string): string };

/** Reads a command, a button, a form or a menu; undefined for what is not ours. */
const readSaid = ({ type, data }: Interaction, commands: readonly CommandEntry[]): Said | undefined => {
  switch (type) {
    case kinds.command: {
      const chosen = chosenSchema.safeParse(data).data;
      const about = chosen && menuCommand(chosen.name);
      if (chosen && about) return { message: chosen.target_id, about };
      const typed = typedSchema.safeParse(data).data;
      return typed && { text: readTyped(typed, commands).text };
    }
    case kinds.button: {
      const text = actionIn(pressedSchema.safeParse(data).data?.custom_id ?? '');
      return text === undefined ? undefined : { text };
    }
    case kinds.form: {
      const filled = filledFormSchema.safeParse(data).data;
      const text = actionIn(filled?.custom_id ?? '');
      return filled && text !== undefined ? { text, fields: fieldsIn(filled) } : undefined;
    }
    default:
      return undefined;
  }
};

/** Makes a function that answers what people ask by commands, buttons, forms and menus, or offers values for an option. */
export const createAnswering = ({ call, commands, handlers, clock, logger }: Parts) => {
  const reply = createReplying({ call, clock, logger });

  const answer = async (interaction: Interaction): Promise<void> => {
    const origin = originOf(interaction);
    const said = readSaid(interaction, commands);
    if (!origin || !said) return;
    const asked: Omit<Asked, 'command'> = { ...interaction, mayOpenForm: interaction.type !== kinds.form };
    if ('text' in said) {
      const request: CommandRequest = { ...said, ...origin };
      await reply({ ...asked, command: said.text }, (progress) => handlers.command({ ...request, progress }));
      return;
    }
    await reply({ ...asked, command: '' }, async (progress) => {
      const paper = await handlers.paperOf({ destination: origin.destination, messageId: said.message });
      if (paper === undefined) return aboutNoPaper;
      return handlers.command({ text: said.about(paper), ...origin, progress });
    });
  };

  /** Values for the option that is being typed; none where finding them fails or takes too long. */
  const valuesFor = async (interaction: Interaction) => {
    const origin = originOf(interaction);
    const typed = typedSchema.safeParse(interaction.data).data;
    const { path = '', focused } = typed ? readTyped(typed, commands) : {};
    if (!origin || !focused) return [];
    const found = new AbortController();
    try {
      return await Promise.race([
        handlers.suggest({ command: path, ...focused, ...origin }),
        clock.sleep(suggestionTimeout, found.signal).then(() => {
          throw new Error(`not found within ${suggestionTimeout} ms`);
        }),
      ]);
    } catch (error) {
      logger.warn({ command: path, option: focused.option, reason: errorText(error) }, 'no values offered on Discord');
      return [];
    } finally {
      found.abort();
    }
  };

  const offer = async (interaction: Interaction): Promise<void> => {
    const choices = (await valuesFor(interaction))
      .filter(({ label, value }) => label.trim() !== '' && value !== '' && value.length <= choiceLength)
      .slice(0, maxChoices)
      .map(({ label, value }) => ({ name: shorten(label.trim(), choiceLength), value }));
    const body = { type: callbacks.choices, data: { choices } };
    const route = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
    await call('post', route, z.unknown(), { body, auth: false });
  };

  return async (payload: unknown): Promise<void> => {
    const interaction = interactionSchema.safeParse(payload).data;
    if (!interaction) return;
    if (interaction.type === kinds.autocomplete) await offer(interaction);
    else await answer(interaction);
  };
};
