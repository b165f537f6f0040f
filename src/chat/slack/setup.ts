import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ChatAccess, ChatSetup, ChatSetupParts, SetupChannel } from '../../core/chat-setup.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { clientOptions, createCaller, type SlackCall } from './api.ts';
import { channelIn } from './descriptor.ts';
import type { TokenName } from './errors.ts';

const manifestFile = new URL('../../../manifest.slack.json', import.meta.url);

const tokens = [
  {
    variable: 'SLACK_APP_TOKEN',
    label: 'App-level token (xapp-…)',
    where:
      'On the app’s page, under Basic Information → App-Level Tokens, press Generate Token and Scopes. Enter any name, add the scope connections:write, and press Generate.',
  },
  {
    variable: 'SLACK_BOT_TOKEN',
    label: 'Bot token (xoxb-…)',
    where:
      'On the app’s page, under Install App, press Install to Workspace and allow it. The Bot User OAuth Token is then there, and under OAuth & Permissions.',
  },
] as const;

const prefixes: Readonly<Record<string, string>> = { SLACK_APP_TOKEN: 'xapp-', SLACK_BOT_TOKEN: 'xoxb-' };

const identitySchema = z.looseObject({ team: z.string(), user: z.string(), bot_id: z.string().optional() });
const cursorSchema = z.looseObject({ next_cursor: z.string().optional() }).optional();
const channelsSchema = z.looseObject({
  channels: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      is_member: z.boolean().optional(),
      is_private: z.boolean().optional(),
      num_members: z.number().optional(),
    }),
  ),
  response_metadata: cursorSchema,
});
const peopleSchema = z.looseObject({
  members: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      real_name: z.string().optional(),
      deleted: z.boolean().optional(),
      is_bot: z.boolean().optional(),
    }),
  ),
  response_metadata: cursorSchema,
});

/** Slack's list of members contains its own bot, which is not marked as one. */
const slackbot = 'USLACKBOT';

/** Pages of 200. In a larger workspace, people enter the id. */
const maxPages = 10;

type Paged = { response_metadata?: { next_cursor?: string | undefined } | undefined };

const allPages = async <T extends Paged>(
  call: SlackCall,
  method: string,
  args: Record<string, unknown>,
  schema: z.ZodType<T>,
): Promise<T[]> => {
  const pages: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await call(method, { ...args, limit: 200, ...(cursor && { cursor }) }, schema);
    pages.push(page);
    cursor = page.response_metadata?.next_cursor;
  } while (cursor && pages.length < maxPages);
  return pages;
};

/** The page for new apps, with the manifest filled in. */
const createUrlOf = async (): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(manifestFile, 'utf8'));
  return `https://api.slack.com/apps?new_app=1&manifest_json=${encodeURIComponent(JSON.stringify(manifest))}`;
};

const userToken = 'This is the token of a person, not of the bot. Copy the Bot User OAuth Token; it begins with xoxb-.';

const wrongKind = (variable: string, value: string): string | undefined => {
  const prefix = prefixes[variable] ?? '';
  if (value.startsWith(prefix)) return undefined;
  const other = tokens.find((one) => value.startsWith(prefixes[one.variable] ?? ''));
  const what = other ? `This is the ${other.variable === 'SLACK_APP_TOKEN' ? 'app-level' : 'bot'} token.` : '';
  return `${what || 'This is another kind of token.'} The one needed here begins with ${prefix}.`;
};

const namedSchema = z.looseObject({
  channel: z.looseObject({ name: z.string(), is_private: z.boolean().optional() }),
});

type NamedChannel = z.infer<typeof namedSchema>['channel'];

const labelOf = ({ name, is_private }: NamedChannel): string => `#${name}${is_private ? ' (private)' : ''}`;

const createAccess = async (call: SlackCall): Promise<ChatAccess> => {
  const { team, user } = await call('auth.test', {}, identitySchema);

  const listed = async (types: string): Promise<SetupChannel[]> => {
    const pages = await allPages(call, 'conversations.list', { types, exclude_archived: true }, channelsSchema);
    return pages
      .flatMap(({ channels }) => channels)
      .sort((a, b) => Number(b.is_member ?? false) - Number(a.is_member ?? false) || a.name.localeCompare(b.name))
      .map(({ id, is_member, ...channel }) => ({
        destination: `slack:${id}`,
        label: labelOf(channel),
        obstacle: is_member ? undefined : `The bot is not in #${channel.name}. In that channel, type /invite @${user}`,
      }));
  };

  return {
    identity: `${user} in ${team}`,
    // An app without groups:read may still list public channels.
    channels: () => listed('public_channel,private_channel').catch(() => listed('public_channel')),

    async labelOf(destination) {
      const { channel } = await call('conversations.info', { channel: channelIn(destination) }, namedSchema);
      return labelOf(channel);
    },

    async enter(channel) {
      try {
        await call('conversations.join', { channel: channelIn(channel.destination) }, z.looseObject({}));
        return undefined;
      } catch (error) {
        if (error instanceof ExternalError && error.retryable) throw error;
        // The manifest does not ask for channels:join.
        return channel.obstacle;
      }
    },

    async people() {
      // The manifest does not ask for users:read.
      const pages = await allPages(call, 'users.list', {}, peopleSchema).catch(() => []);
      return pages
        .flatMap(({ members }) => members)
        .filter(({ id, is_bot, deleted }) => !is_bot && !deleted && id !== slackbot)
        .map(({ id, name, real_name }) => ({ person: `slack:${id}`, label: real_name || name }));
    },

    close() {},
  };
};

export const createSlackSetup = async ({ apiUrl, logger }: ChatSetupParts): Promise<ChatSetup> => {
  const options = clientOptions({ apiUrl, logger });
  const callWith = (value: string, name: TokenName) => createCaller(new Secret(value), options, name);
  return {
    createUrl: await createUrlOf(),
    createSteps: ['Choose your workspace, press Next, then Create. The app’s settings are filled in already.'],
    tokens,
    personHint: 'In Slack, click your picture, then Profile, ⋮ and Copy member ID; it begins with U',
    personOf: (written) => {
      const [, id] = /^(?:slack:)?([UW][A-Z0-9]{2,})$/.exec(written.trim()) ?? [];
      return id && `slack:${id}`;
    },

    async tokenFault(variable, value) {
      const fault = wrongKind(variable, value);
      if (fault) return fault;
      try {
        if (variable === 'SLACK_APP_TOKEN') {
          await callWith(value, 'the app-level token')('apps.connections.open', {}, z.looseObject({ url: z.string() }));
          return undefined;
        }
        const { bot_id } = await callWith(value, 'the bot token')('auth.test', {}, identitySchema);
        return bot_id === undefined ? userToken : undefined;
      } catch (error) {
        if (error instanceof ExternalError && error.retryable) throw error;
        return errorText(error);
      }
    },

    open: async ({ SLACK_BOT_TOKEN = '' }) => createAccess(callWith(SLACK_BOT_TOKEN, 'the bot token')),
  };
};
