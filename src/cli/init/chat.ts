import type { ChatAccess, ChatSetup, SetupChannel } from '../../core/chat-setup.ts';
import { ExternalError, errorText, UserError } from '../../core/errors.ts';
import { wordList } from '../../core/paper.ts';
import { postTo } from '../../setup/draft.ts';
import type { InitFlags, Session } from './session.ts';

type Chat = Session['setup']['chats'][number];

const tokenFlags: Readonly<Record<string, keyof InitFlags>> = {
  SLACK_BOT_TOKEN: 'slackBotToken',
  SLACK_APP_TOKEN: 'slackAppToken',
  DISCORD_TOKEN: 'discordToken',
};

/** The channel that the platform's flag names. */
const channelFlag = (flags: InitFlags, chat: Chat): string | undefined => {
  const value = flags[chat.name as keyof InitFlags];
  return typeof value === 'string' ? value : undefined;
};

const askToken = async (session: Session, setup: ChatSetup, chat: Chat, index: number): Promise<string | undefined> => {
  const token = setup.tokens[index];
  if (!token) return undefined;
  const { variable, label, where } = token;
  session.prompts.say(where);
  for (;;) {
    const value = await session.prompts.secret({
      message: `${label}, or Enter to skip ${chat.label}`,
      validate: () => undefined,
    });
    if (value === '') {
      session.prompts.warn(`${chat.label} is skipped. You can still connect it before the files are written.`);
      return undefined;
    }
    const fault = await setup.tokenFault(variable, value).catch(errorText);
    if (fault === undefined) {
      session.prompts.success(`${label}: accepted`);
      return value;
    }
    session.prompts.warn(fault);
  }
};

/** Tokens from flags and the environment, and otherwise by asking. @returns undefined if the person skips the platform */
const collectTokens = async (
  session: Session,
  setup: ChatSetup,
  chat: Chat,
): Promise<Record<string, string> | undefined> => {
  const { flags, prompts, isInteractive } = session;
  const { variables } = session.setup.present;
  const tokens: Record<string, string> = {};
  let isIntroduced = false;
  for (const [index, { variable }] of setup.tokens.entries()) {
    const flag = flags[tokenFlags[variable] ?? 'yes'];
    const known = (typeof flag === 'string' && flag) || session.draft.variables[variable] || variables[variable];
    const fault = known ? await setup.tokenFault(variable, known).catch(errorText) : undefined;
    if (known && fault === undefined) {
      tokens[variable] = known;
      continue;
    }
    if (!isInteractive)
      throw new UserError(fault ?? `${chat.label} needs ${variable}. Set it in the environment, or add its flag.`);
    if (fault) prompts.warn(fault);
    if (!isIntroduced && !fault) {
      prompts.say(`Open this page to create the ${chat.label} app. ${setup.createSteps.join(' ')}`);
      prompts.plain(setup.createUrl);
    }
    isIntroduced = true;
    const value = await askToken(session, setup, chat, index);
    if (value === undefined) return undefined;
    tokens[variable] = value;
  }
  return tokens;
};

const isMeant = ({ destination, label }: SetupChannel, written: string): boolean => {
  const name = written.replace(/^#/, '');
  return destination === written || destination.endsWith(`:${name}`) || label.replace(/ .*/, '') === `#${name}`;
};

/** Lets the bot into the channel, with the person's help if needed. @returns false to choose another one */
const enter = async ({ prompts }: Session, access: ChatAccess, channel: SetupChannel): Promise<boolean> => {
  if (channel.obstacle === undefined) return true;
  let left = await access.enter(channel);
  while (left !== undefined) {
    prompts.warn(left);
    const next = await prompts.select('When that is done', [
      { value: 'again', label: 'Check again' },
      { value: 'later', label: 'Do it later', hint: 'nothing is posted there until then' },
      { value: 'other', label: 'Choose another channel' },
    ]);
    if (next !== 'again') return next === 'later';
    const found = (await access.channels()).find(({ destination }) => destination === channel.destination);
    left = found?.obstacle;
  }
  return true;
};

const askChannel = async (session: Session, access: ChatAccess, chat: Chat): Promise<string | undefined> => {
  const { prompts } = session;
  for (;;) {
    const channels = await access.channels();
    if (channels.length === 0) prompts.warn(`The bot sees no channel in ${chat.label} yet.`);
    if (access.inviteUrl && channels.length === 0) {
      prompts.say('Open this page to add the bot to your server:');
      prompts.plain(access.inviteUrl);
    }
    const chosen = await prompts.select('Which channel gets the digests?', [
      ...channels.map(({ destination, label, obstacle }) => ({
        value: destination,
        label,
        hint: obstacle === undefined ? undefined : 'the bot is not in it yet',
      })),
      { value: 'again', label: 'It is not listed: look again' },
      { value: 'skip', label: `Skip ${chat.label}` },
    ]);
    if (chosen === 'skip') return undefined;
    const channel = channels.find(({ destination }) => destination === chosen);
    if (channel) {
      if (await enter(session, access, channel)) return channel.destination;
    } else if (access.inviteUrl) {
      prompts.say('The bot sees only servers that it was added to, and channels with View Channel. To add it, open:');
      prompts.plain(access.inviteUrl);
      await prompts.confirm('Look again?');
    } else {
      prompts.say(
        'The bot sees public channels, and private ones that it is in. In a private channel, invite it first.',
      );
      await prompts.confirm('Look again?');
    }
  }
};

const findChannel = async (access: ChatAccess, written: string): Promise<string> => {
  const channels = await access.channels();
  const channel = channels.find((one) => isMeant(one, written));
  if (!channel) {
    const some = channels.slice(0, 5).map(({ label, destination }) => `${label} (${destination})`);
    const known = some.length > 0 ? `It sees ${wordList(some)}.` : 'It sees none.';
    throw new UserError(`The bot sees no channel ${written}. ${known} Invite it to the channel first.`);
  }
  const left = channel.obstacle === undefined ? undefined : await access.enter(channel);
  if (left !== undefined) throw new UserError(`${left}, then start again.`);
  return channel.destination;
};

/** The channel of the flag. If the bot cannot post there, the person chooses another one. */
const givenChannel = async (session: Session, access: ChatAccess, written: string): Promise<string | undefined> => {
  try {
    return await findChannel(access, written);
  } catch (error) {
    if (!session.isInteractive || !(error instanceof UserError)) throw error;
    session.prompts.warn(error.message);
    return undefined;
  }
};

/** Whoever sets up becomes an admin. */
const askAdmin = async (
  { prompts }: Session,
  setup: ChatSetup,
  access: ChatAccess,
  chat: Chat,
): Promise<string | undefined> => {
  const people = await access.people();
  if (people.length > 0) {
    const chosen = await prompts.select(`Who are you in ${chat.label}? You become an admin`, [
      ...people.map(({ person, label }) => ({ value: person, label })),
      { value: 'id', label: 'Somebody else' },
      { value: 'skip', label: 'Skip', hint: 'only this machine can change the settings' },
    ]);
    if (chosen === 'skip') return undefined;
    if (chosen !== 'id') return chosen;
  }
  const written = await prompts.text({
    message: `Your id in ${chat.label}, to become an admin (Enter to skip)`,
    placeholder: setup.personHint,
    validate: (value) =>
      value.trim() === '' || setup.personOf(value) !== undefined
        ? undefined
        : `This is not an id. ${setup.personHint}.`,
  });
  return written === '' ? undefined : setup.personOf(written);
};

const connectChat = async (session: Session, chat: Chat): Promise<void> => {
  const { flags, prompts, isInteractive } = session;
  const setup = await chat.open();
  const tokens = await collectTokens(session, setup, chat);
  if (!tokens) return;
  const access = await setup.open(tokens);
  try {
    prompts.success(`Connected to ${chat.label} as ${access.identity}`);
    const written = channelFlag(flags, chat);
    const given = written === undefined ? undefined : await givenChannel(session, access, written);
    const destination = given ?? (isInteractive ? await askChannel(session, access, chat) : undefined);
    if (destination === undefined) return;
    const admin = isInteractive ? await askAdmin(session, setup, access, chat) : undefined;
    postTo(session, { name: chat.name, destination, admin, tokens });
  } finally {
    access.close();
  }
};

/** Connects a platform and chooses a channel; a fault can be tried again or skipped. */
export const chooseChat = async (session: Session, name: string): Promise<void> => {
  const chat = session.setup.chats.find((one) => one.name === name);
  if (!chat) return;
  for (;;) {
    try {
      await connectChat(session, chat);
      return;
    } catch (error) {
      if (!session.isInteractive || !(error instanceof ExternalError)) throw error;
      session.prompts.warn(error.message);
      const next = await session.prompts.select('What now?', [
        { value: 'again', label: 'Try again' },
        { value: 'skip', label: `Skip ${chat.label}` },
      ]);
      if (next === 'skip') return;
    }
  }
};

export const chooseChats = async (session: Session): Promise<void> => {
  const { setup, flags, prompts, isInteractive } = session;
  const given = setup.chats.filter((chat) => channelFlag(flags, chat) !== undefined);
  for (const { name } of given) await chooseChat(session, name);
  if (!isInteractive || given.length > 0) return;
  const chosen = await prompts.select('Where should the digests go?', [
    { value: 'web', label: 'Only the web page on this machine' },
    ...setup.chats.map(({ name, label }) => ({ value: name, label: `${label} and the web page` })),
  ]);
  await chooseChat(session, chosen);
};
