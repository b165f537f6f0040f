import * as z from 'zod';
import type { Person } from './addresses.ts';
import { type ChannelChange, maxPapersPerDay, recapSpans } from './channel.ts';
import type { IsoDate } from './paper.ts';
import type { ChangeStore, DigestStore } from './stores.ts';

const cutoff = z.int().min(1).max(10);
const papersPerDay = z.int().min(1).max(maxPapersPerDay).optional();
const followedAuthor = z.object({ name: z.string().min(1), semanticScholarId: z.string().optional() });
const text = z.string().min(1);
const noValue = z.object({}).catch({});

const cost = z.number().nullable().default(null).catch(null);

/**
 * The value that the change log stores for each action. Rows are kept forever, so an action keeps its name, and a field
 * that older versions did not store has a default.
 */
const valueSchemas = {
  // Settings of a channel. Each value is the whole new setting.
  topics: z.object({
    kind: z.literal('topics'),
    topics: text,
    cutoffs: z.object({ relevance: cutoff, novelty: cutoff }),
    papersPerDay,
  }),
  schedule: z.object({ kind: z.literal('schedule'), schedule: text }),
  pause: z.object({ kind: z.literal('pause'), isPaused: z.boolean() }),
  authors: z.object({ kind: z.literal('authors'), authors: z.array(followedAuthor) }),
  mute: z.object({ kind: z.literal('mute'), muted: z.array(text) }),
  summary: z.object({ kind: z.literal('summary'), isOn: z.boolean() }),

  /**
   * How the built-in scorer reads the topics with this hash. Without a channel: an answer of a language model, for all
   * channels with these topics. Empty to read the topics as written.
   */
  expansion: z.object({
    ...{ kind: z.literal('expansion'), topicsHash: text, text: z.string() },
    model: z.string().optional(),
    /** The channel for which the model was asked, and the cost in US dollars. */
    ...{ askedFor: z.string().optional(), costUsd: cost },
  }),

  here: z.object({
    ...{ name: text, destination: text, topics: text, timezone: text },
    categories: z.array(z.string()).min(1),
    papersPerDay,
  }),
  remove: noValue,
  /** Whoever set the channel up wants the first digest at its scheduled time, not at once. */
  postpone: noValue,

  // Pending until somebody saves it; undone when it is saved or discarded.
  'topics-draft': z.object({
    topics: z.string(),
    cutoffs: z.string(),
    papersPerDay: z.string().optional(),
    base: z.string(),
  }),
  'here-draft': z.object({
    ...{ name: z.string(), categories: z.string(), topics: z.string(), timezone: z.string() },
    papersPerDay: z.string().optional(),
    destination: text,
  }),

  /** A retracted digest. `rubric` and `createdAt` separate its cost from that of a remade digest. */
  retract: z.object({
    date: z.string(),
    remedial: z.boolean().default(false).catch(false),
    messages: z.number().default(0).catch(0),
    rubric: z.string().optional().catch(undefined),
    createdAt: z.string().optional().catch(undefined),
    costUsd: cost,
  }),
  anew: z.object({ date: z.string() }),
  rescore: z.object({
    papers: z.number().default(0).catch(0),
    ids: z.array(z.string()).default([]).catch([]),
    rubric: z.string().optional().catch(undefined),
    costUsd: cost,
    /** When the day's digest was created; null if there was none yet, absent from the oldest rows. */
    after: z.string().nullable().optional().catch(undefined),
  }),
  ask: z.object({ paper: z.string().optional().catch(undefined) }).catch({}),
  recap: z.object({ span: z.enum(recapSpans), to: z.string() }),
  feedback: noValue,
  undo: z.object({ changeId: z.number() }),
};

type Schemas = typeof valueSchemas;
export type ChangeAction = keyof Schemas;

type Entry = {
  changeId: number;
  at: string;
  person: Person;
  channel: string | undefined;
  undoneBy: number | undefined;
};

export type Change =
  | { [A in ChangeAction]: Entry & { action: A; value: z.output<Schemas[A]> } }[ChangeAction]
  | (Entry & { action: 'unknown'; value: { action: string } });

export type ChangeOf<A extends Change['action']> = Extract<Change, { action: A }>;

type By = { at: string; person: Person };

export type NewChange = {
  [A in ChangeAction]: By & { channel: string | undefined; action: A; value: z.input<Schemas[A]> };
}[ChangeAction];

export type StoredChange = Entry & { action: string; value: unknown };

const isAction = (action: string): action is ChangeAction => Object.hasOwn(valueSchemas, action);

/** Reads a stored row. A row with an unknown action or a malformed value becomes an `unknown` change. */
export const readChange = ({ action, value, ...entry }: StoredChange): Change => {
  const read = isAction(action) ? valueSchemas[action].safeParse(value) : undefined;
  if (!read?.success) return { ...entry, action: 'unknown', value: { action } };
  // TypeScript cannot see that the value belongs to the action.
  return { ...entry, action, value: read.data } as Change;
};

export const settingChange = (channel: string, change: ChannelChange, by: By): NewChange =>
  ({ ...by, channel, action: change.kind, value: change }) as NewChange;

/** What makes the settings of a channel. */
export const settingActions = [
  ...(['topics', 'schedule', 'pause', 'authors', 'mute', 'summary', 'expansion'] as const),
  'remove',
] as const satisfies ChangeAction[];

export const settingOf = (change: Change): ChannelChange | undefined => {
  switch (change.action) {
    case 'topics':
    case 'schedule':
    case 'pause':
    case 'authors':
    case 'mute':
    case 'summary':
    case 'expansion':
      return change.value;
    default:
      return undefined;
  }
};

export const paperboyItself: Person = 'console:local:paperboy';

/**
 * The person who last retracted the digest of a date, and the simulated time, ISO 8601. The digest may have been remade
 * since.
 */
export const lastRetraction = async (
  channel: string,
  date: IsoDate,
  changes: Pick<ChangeStore, 'list'>,
): Promise<{ by: Person; at: string } | undefined> => {
  const retraction = (await changes.list(channel, 'retract')).findLast(({ value }) => value.date === date);
  return retraction && { by: retraction.person, at: retraction.at };
};

/** True if the digest of a date was retracted and not remade since. */
export const isRetracted = async (
  channel: string,
  date: IsoDate,
  { changes, digests }: { changes: Pick<ChangeStore, 'list'>; digests: Pick<DigestStore, 'find'> },
): Promise<boolean> =>
  (await lastRetraction(channel, date, changes)) !== undefined && (await digests.find(channel, date)) === undefined;
