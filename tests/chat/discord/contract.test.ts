import { commands } from '../../../commands/index.ts';
import { discord } from '../../../src/chat/discord/descriptor.ts';
import { readableText } from '../../../src/chat/kit/readable.ts';
import type { MessageRef } from '../../../src/core/addresses.ts';
import { commandsContract } from '../../contracts/commands.ts';
import { platformContract } from '../../contracts/platform.ts';
import { everyKind } from '../../fakes/commands.ts';
import type { Interaction } from '../../fakes/discord-interactions.ts';
import type { FakeModal } from '../../fakes/discord-limits.ts';
import { startDiscordServer } from '../../fakes/discord-server.ts';
import { startDiscordTwin } from '../../fakes/discord-twin.ts';
import { eventually } from '../../fakes/patience.ts';
import { platformOn } from './connect.ts';
import { inputs, inputsFor } from './inputs.ts';
import { shownMessage, shownModal, shownText } from './shown.ts';

const id = (address: string) => address.split(':').at(-1) ?? '';

/** The values of a form before somebody changes them. */
const initialValues = ({ components }: FakeModal): Record<string, string> =>
  Object.fromEntries(
    components.flatMap((one) => {
      if (one.type === 10) return [];
      const { component } = one;
      if (component.type === 4) return [[component.custom_id, component.value ?? '']];
      return [[component.custom_id, component.options.find((option) => option.default)?.value ?? '']];
    }),
  );

const onFake = async ({ list = everyKind, fieldsOf = (text: string) => inputs(text) } = {}) => {
  const server = await startDiscordServer();
  const { state } = server;
  const platform = platformOn(server, { commands: list });
  const person = (user: string) => `discord:${state.guild.id}:${user}`;
  let last: Interaction | undefined;
  const answered = async (interaction: Interaction): Promise<string[]> => {
    last = interaction;
    await eventually(() => interaction.modal ?? interaction.answers[0]);
    if (interaction.modal) return shownModal(interaction.modal);
    return interaction.isEphemeral ? interaction.messages.map(shownMessage) : [];
  };
  return {
    platform,
    descriptor: discord,
    destination: `discord:${state.general}`,
    elsewhere: { otherTenant: 'slack:T01:C01GEN', missing: `discord:${state.guild.id}:200000000000000404` },
    visible: readableText,
    people: [person(state.people.alice), person(state.people.bob)] as const,
    type: (text: string) => answered(server.command(fieldsOf(text))),
    answer: async () => last?.messages.map(shownMessage) ?? [],
    press: (label: string) => answered(server.press(last?.messages ?? [], label)),
    async fill(values: Record<string, string>) {
      if (!last?.modal) throw new Error('no form is open');
      return answered(server.fill(last.modal, values));
    },
    async shown(thread?: MessageRef) {
      if (!thread) return state.ofChannel(state.general).map(shownMessage);
      const header = state.messages.get(thread.messageId);
      return [...(header ? [header] : []), ...state.ofChannel(thread.messageId)].map(shownMessage);
    },
    reactions: {
      up: '👍',
      down: '👎🏽',
      bot: person(state.bot.id),
      set: async (reaction: { message: MessageRef; person: string; emoji: string }, present: boolean) =>
        server.react(reaction.message.messageId, id(reaction.person), reaction.emoji, present),
    },
    async restart() {
      const restarted = platformOn(server);
      await restarted.connect();
      return restarted;
    },
    async close() {
      await platform.close();
      await server.close();
    },
  };
};

const onTwin = async () => {
  const twin = await startDiscordTwin();
  const platform = platformOn(twin);
  let last: Awaited<ReturnType<typeof twin.type>> | undefined;
  const answered = async (answer: NonNullable<typeof last>): Promise<string[]> => {
    last = answer;
    const { modal } = answer;
    if (modal) return shownModal(modal);
    await eventually(async () => (await answer.messages())[0]);
    return (await answer.messages()).map(shownMessage);
  };
  const person = (user: string) => `discord:${twin.guild}:${user}`;
  return {
    platform,
    descriptor: discord,
    destination: `discord:${twin.general}`,
    elsewhere: { otherTenant: 'slack:T01:C01GEN', missing: `discord:${twin.guild}:200000000000000404` },
    visible: readableText,
    people: [person(twin.people.alice), person(twin.people.bob)] as const,
    async type(text: string) {
      return answered(await twin.type(inputs(text)));
    },
    answer: async () => (await last?.messages())?.map(shownMessage) ?? [],
    press: async (label: string) => answered(await twin.press(label)),
    async fill(values: Record<string, string>) {
      const modal = last?.modal;
      if (!modal) throw new Error('no form is open');
      // It sends only these fields.
      return answered(await twin.fill(modal, { ...initialValues(modal), ...values }));
    },
    async shown(thread?: MessageRef) {
      const top = (await twin.messagesIn(twin.general)).map(shownMessage);
      if (!thread) return top;
      const header = await twin.messageOf(thread.messageId);
      const threads = await twin.threads(twin.general);
      const mine = threads.find(({ messages }) => shownText(messages[0] ?? []) === shownText(header.embeds));
      return mine?.messages.map(shownText) ?? [shownMessage(header)];
    },
    // It lists no reactions; the other server does.
    untested: ['reactions'] as const,
    async restart() {
      const restarted = platformOn(twin);
      await restarted.connect();
      return restarted;
    },
    async close() {
      await platform.close();
      await twin.close();
    },
  };
};

platformContract('Discord', () => onFake());
commandsContract('Discord', () => onFake({ list: commands, fieldsOf: (text) => inputsFor(commands, text) }));
platformContract('Discord, on a server that others wrote,', onTwin);
