import { z } from 'zod';
import {
  discordAnswerSchema,
  discordChoicesSchema,
  discordModalSchema,
  type FakeModal,
  type FakeRow,
} from './discord-limits.ts';
import { type Route, read, refusal, route } from './discord-route.ts';
import type { FakeEmbed } from './discord-state.ts';

/** A message of an answer; `files` are names. */
export type FakeAnswer = { embeds: FakeEmbed[]; components: FakeRow[]; files: string[]; isEphemeral: boolean };

export type Interaction = {
  kind: 'command' | 'autocomplete' | 'button' | 'form' | 'menu';
  isAcknowledged: boolean;
  /** True if only the person sees the first response, which may be a deferral. */
  isEphemeral: boolean;
  messages: FakeAnswer[];
  answers: FakeEmbed[][];
  choices: { name: string; value: string }[] | undefined;
  modal: FakeModal | undefined;
};

export const newInteraction = (kind: Interaction['kind']): Interaction => ({
  ...{ kind, isAcknowledged: false, isEphemeral: false },
  ...{ messages: [], answers: [], choices: undefined, modal: undefined },
});

const deferred = z.strictObject({ type: z.literal(5), data: z.strictObject({ flags: z.literal(64) }) });
const message = z.strictObject({ type: z.literal(4), data: discordAnswerSchema });
const modal = z.strictObject({ type: z.literal(9), data: discordModalSchema });
const choices = z.strictObject({ type: z.literal(8), data: z.strictObject({ choices: discordChoicesSchema }) });

/** Responses to interactions. A form cannot be answered with a form: https://docs.discord.com/developers/interactions/receiving-and-responding */
export const interactionRoutes = (interactions: ReadonlyMap<string, Interaction>): Route[] => {
  const interactionOf = (token: string): Interaction => {
    const interaction = interactions.get(token);
    if (!interaction) throw refusal(404, 10_062, 'Unknown interaction');
    return interaction;
  };
  const keep = (interaction: Interaction, at: number, body: z.infer<typeof discordAnswerSchema>, files: string[]) => {
    const { embeds, components, flags } = body;
    interaction.messages[at] = { embeds, components, files, isEphemeral: flags === 64 };
    interaction.answers[at] = embeds;
  };
  return [
    route('POST', '/interactions/:id/:id/callback', ([, token = ''], { body, files }) => {
      const interaction = interactionOf(token);
      if (interaction.isAcknowledged) throw refusal(400, 40_060, 'already acknowledged');
      if (interaction.kind === 'autocomplete') interaction.choices = read(choices, body).data.choices;
      else {
        const opens = interaction.kind === 'form' ? [deferred, message] : [deferred, message, modal];
        const response = read(z.union(opens as [typeof deferred, typeof message, typeof modal]), body);
        if (response.type === 9) interaction.modal = response.data;
        else interaction.isEphemeral = response.data.flags === 64;
        if (response.type === 4) keep(interaction, 0, response.data, files);
      }
      interaction.isAcknowledged = true;
      return {};
    }),
    route('PATCH', '/webhooks/:id/:id/messages/@original', ([, token = ''], { body, files }) => {
      const interaction = interactionOf(token);
      if (!interaction.isAcknowledged) throw refusal(404, 10_015, 'Unknown Webhook');
      const flags = interaction.isEphemeral ? { flags: 64 as const } : {};
      keep(interaction, 0, { ...read(discordAnswerSchema, body), ...flags }, files);
      return { body: { id: '1' } };
    }),
    route('POST', '/webhooks/:id/:id', ([, token = ''], { body, files }) => {
      const interaction = interactionOf(token);
      // Discord would make it the first response.
      if (interaction.messages.length === 0) throw refusal(404, 10_015, 'Unknown Webhook');
      keep(interaction, interaction.messages.length, read(discordAnswerSchema, body), files);
      return { body: { id: '2' } };
    }),
  ];
};
