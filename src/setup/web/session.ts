import QuickLRU from 'quick-lru';
import { type Person, platformOf } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { type SuggestedCategories, splitCategories, termsOf } from '../categories.ts';
import { channelNameFor, type Draft, draftOf, type Tried } from '../draft.ts';
import { type Interests, isEmpty, splitInterests, topicsText } from '../interests.ts';
import type { Setup } from '../setup.ts';

/** How far somebody is with a platform. Its tokens are kept here and never sent back. */
export type ChatProgress = {
  tokens: Record<string, string>;
  /** The tokens that the platform accepted, which it need not check again. */
  accepted: Record<string, string>;
  /** What is wrong with a token, by variable. */
  faults: Record<string, string>;
  /** The chosen channel, and what is left to do there. */
  destination: string | undefined;
  /** Its name, once it is known. */
  label: string | undefined;
  obstacle: string | undefined;
  /** As typed or chosen, and the name if it is known. */
  person: string;
  /** True for somebody who is not in the platform's list. */
  isUnlisted: boolean;
  personName: string | undefined;
};

export type ModelFields = { source: string; url: string; names: Record<string, string>; keys: Record<string, string> };

/** What one person has typed and chosen so far, with everything that failed. */
export type SetupSession = {
  setup: Setup;
  draft: Draft;
  /** True if there was a config file. */
  isAgain: boolean;
  /** As typed, words and links. */
  text: string;
  categories: string;
  /** What is wrong with them. */
  categoriesFault: string | undefined;
  interests: Interests;
  /** The categories suggested last, for which words and papers. */
  suggested: (SuggestedCategories & { for: string }) | undefined;
  /** Ends the preview that newer words replace. */
  previewing: AbortController;
  model: ModelFields;
  tried: Tried | undefined;
  chats: Map<string, ChatProgress>;
  /** Undefined until it is chosen. */
  first: 'post' | 'preview' | undefined;
  /** True if the channel's name was typed. */
  hasOwnName: boolean;
};

export const emptyProgress = (): ChatProgress => ({
  tokens: {},
  accepted: {},
  faults: {},
  destination: undefined,
  label: undefined,
  obstacle: undefined,
  person: '',
  isUnlisted: false,
  personName: undefined,
});

/** Everything pasted that no page may show, although a remote may repeat it in an error. */
export const secretsIn = ({ chats, model }: SetupSession): Secret[] =>
  [...[...chats.values()].flatMap(({ tokens }) => Object.values(tokens)), ...Object.values(model.keys)].map(
    (value) => new Secret(value),
  );

const noInterests: Interests = { words: '', liked: [], faults: [] };

/** @param channel The one to set up or change; it may be new. By default the first, and none yet without a config. */
const createSession = async (setup: Setup, channel: string | undefined): Promise<SetupSession> => {
  const draft = await draftOf(setup, { ...(channel !== undefined && { channel }) });
  return {
    ...{ setup, draft, isAgain: draft.topics !== '', text: draft.topics, categories: draft.categories.join(', ') },
    ...{
      categoriesFault: undefined,
      interests: noInterests,
      suggested: undefined,
      previewing: new AbortController(),
      tried: undefined,
    },
    model: { source: '', url: setup.present.variables.OPENAI_BASE_URL ?? '', names: {}, keys: {} },
    chats: new Map(
      draft.post.map((destination) => [platformOf(destination), { ...emptyProgress(), destination }] as const),
    ),
    first: undefined,
    hasOwnName: channel !== undefined,
  };
};

const maxSessions = 30;
/** Milliseconds after which tokens that nobody saved are forgotten. */
const sessionMs = 6 * 60 * 60_000;

/** The sessions of people at their browsers. */
export const createSessions = (open: () => Promise<Setup>) => {
  const sessions = new QuickLRU<Person, SetupSession>({ maxSize: maxSessions, maxAge: sessionMs });
  return {
    find: (person: Person): SetupSession | undefined => sessions.get(person),
    async begin(person: Person, channel: string | undefined): Promise<SetupSession> {
      const session = await createSession(await open(), channel);
      sessions.set(person, session);
      return session;
    },
    end: (person: Person): void => void sessions.delete(person),
  };
};

/** More would keep arXiv busy for minutes, because it answers a request every three seconds. */
const maxLiked = 10;

/** Reads what was typed. Papers that are known already are not fetched again. */
export const readText = async (session: SetupSession, text: string): Promise<void> => {
  const { words, ids, faults } = splitInterests(text);
  session.text = text;
  const known = session.interests.liked.filter(({ id }) => ids.includes(id));
  const missing = ids.slice(0, maxLiked).filter((id) => !known.some((one) => one.id === id));
  const read = missing.length > 0 ? await session.setup.interests(missing.join('\n')) : noInterests;
  const tooMany = ids.length > maxLiked ? [`Only the first ${maxLiked} papers are read.`] : [];
  session.interests = { words, liked: [...known, ...read.liked], faults: [...faults, ...read.faults, ...tooMany] };
  session.draft.topics = isEmpty(session.interests) ? '' : topicsText(session.interests);
};

/** Whether the chosen categories are those suggested last. */
export const hasSuggested = ({ draft, suggested }: SetupSession): boolean =>
  suggested !== undefined && draft.categories.length > 0 && suggested.categories.join() === draft.categories.join();

/**
 * The typed categories, or suggested ones if there are none or the field still has a suggestion.
 *
 * @param fields `suggested` is what the page put into the field, perhaps for earlier words.
 */
export const readCategories = async (
  session: SetupSession,
  fields: { categories: string; suggested: string },
  signal: AbortSignal,
): Promise<void> => {
  const { draft, interests, setup, suggested } = session;
  const written = splitCategories(fields.categories);
  const isOwn = written.length > 0 && written.join() !== splitCategories(fields.suggested).join();
  session.categoriesFault = undefined;
  session.categories = isOwn ? fields.categories : '';
  if (isOwn || isEmpty(interests)) {
    draft.categories = isOwn ? written : [];
    return;
  }
  const key = JSON.stringify([interests.liked.map(({ id }) => id), termsOf(interests.words)]);
  if (suggested?.for !== key || suggested.categories.length === 0)
    session.suggested = { ...(await setup.suggestCategories(interests, signal)), for: key };
  draft.categories = session.suggested?.categories ?? [];
  session.categories = draft.categories.join(', ');
};

/** A name from the words that no other channel has, unless the channel has one already. */
export const nameChannel = (session: SetupSession, taken: readonly string[]): void => {
  const { draft, setup } = session;
  if (session.hasOwnName || setup.present.file?.channels.some(({ name }) => name === draft.channel)) return;
  const base = channelNameFor(session.interests.words) ?? draft.channel;
  const name = [base, ...Array.from({ length: 98 }, (_, index) => `${base}-${index + 2}`)].find(
    (one) => !taken.includes(one),
  );
  if (name === undefined) throw new UserError('Too many channels have this name. Choose another one.');
  draft.channel = name;
};
