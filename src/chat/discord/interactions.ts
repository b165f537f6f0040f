import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { CommandEntry } from '../../core/command.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { shorten } from '../../core/paper-text.ts';
import type { PlatformHandlers } from '../../core/platform.ts';
import { addressOf, noGuild, personOf } from './address.ts';
import type { DiscordCall } from './api.ts';
import { commandName, readTyped, typedCommandSchema } from './commands.ts';
import { channelSchema, placeOf } from './places.ts';
import { type Embed, renderAnswer } from './render.ts';

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-type */
const kinds = { command: 2, autocomplete: 4 } as const;
const callbacks = { deferred: 5, choices: 8 } as const;
/** Only the person who asked sees it: https://docs.discord.com/developers/resources/message#message-object-message-flags */
const ephemeral = 1 << 6;

/** Milliseconds that values may take to be found; Discord waits 3 seconds for them. */
const suggestionTimeout = 2_000;
const mostChoices = 25;
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
  data: typedCommandSchema,
});
type Interaction = z.infer<typeof interactionSchema>;

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
  handlers: Pick<PlatformHandlers, 'command' | 'suggest'>;
  clock: Clock;
  logger: Logger;
};

const noMentions = { parse: [] };
const shownAs = (embeds: Embed[]) => ({ embeds, allowed_mentions: noMentions });

/**
 * Makes a function that answers a command or offers values for one. A command is acknowledged before it is worked out,
 * since Discord waits only 3 seconds; the answer may then take 15 minutes, and only the person who asked sees it.
 */
export const createAnswering = ({ call, commands, handlers, clock, logger }: Parts) => {
  const callback = (interaction: Interaction, body: object): Promise<unknown> =>
    call('post', `/interactions/${interaction.id}/${interaction.token}/callback`, z.unknown(), { body, auth: false });

  const answer = async (interaction: Interaction): Promise<void> => {
    const origin = originOf(interaction);
    if (!origin) return;
    const { text } = readTyped(interaction.data, commands);
    await callback(interaction, { type: callbacks.deferred, data: { flags: ephemeral } });
    const message = await handlers.command({ text, ...origin });
    const route = `/webhooks/${interaction.application_id}/${interaction.token}` as const;
    const [first = [], ...others] = renderAnswer(message);
    await call('patch', `${route}/messages/@original`, z.unknown(), { body: shownAs(first), auth: false });
    for (const embeds of others)
      await call('post', route, z.unknown(), { body: { ...shownAs(embeds), flags: ephemeral }, auth: false });
  };

  /** Values for the option that is being typed; none where finding them fails or takes too long. */
  const valuesFor = async (interaction: Interaction) => {
    const origin = originOf(interaction);
    const { path, focused } = readTyped(interaction.data, commands);
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
      .slice(0, mostChoices)
      .map(({ label, value }) => ({ name: shorten(label.trim(), choiceLength), value }));
    await callback(interaction, { type: callbacks.choices, data: { choices } });
  };

  return async (payload: unknown): Promise<void> => {
    const interaction = interactionSchema.safeParse(payload).data;
    if (interaction?.data.name !== commandName) return;
    if (interaction.type === kinds.command) await answer(interaction);
    if (interaction.type === kinds.autocomplete) await offer(interaction);
  };
};
