import type { Person } from './addresses.ts';
import type { DigestStyle } from './digest.ts';
import type { AnnounceType } from './paper.ts';
import type { Cutoffs, Rubric } from './score.ts';

export type FollowedAuthor = { name: string; semanticScholarId?: string | undefined };

export type Channel = {
  name: string;
  timezone: string;
  schedule: string;
  post: string[];
  categories: string[];
  announceTypes: AnnounceType[];
  primaryOnly: boolean;
  rubric: Rubric;
  /** Minimum scores by a language model. */
  cutoffs: Cutoffs;
  /** How many papers the built-in scorer picks at most; never more than `top`. */
  papersPerDay: number;
  top: number;
  authors: FollowedAuthor[];
  /** Leaves a paper out if every author's h-index is known and none reaches this; 0 for no limit. */
  minHIndex: number;
  /** Words and phrases. A paper with one of them is left out, unless it is by a followed author. */
  mute: readonly string[];
  groupByTopic: boolean;
  digestStyle: DigestStyle;
  /** If true, a language model summarizes each posted paper in one sentence. */
  digestSummary: boolean;
  managers: readonly string[];
  isPaused: boolean;
  linkCards: boolean;
  recap: RecapSpan | undefined;
};

export const recapSpans = ['week', 'month'] as const;
export type RecapSpan = (typeof recapSpans)[number];

export type ChannelChange =
  | { kind: 'topics'; topics: string; cutoffs: Cutoffs; papersPerDay?: number | undefined }
  | { kind: 'schedule'; schedule: string }
  | { kind: 'pause'; isPaused: boolean }
  | { kind: 'authors'; authors: FollowedAuthor[] }
  | { kind: 'mute'; muted: readonly string[] }
  | { kind: 'summary'; isOn: boolean }
  /** Applies while the channel's topics have this hash. */
  | { kind: 'expansion'; topicsHash: string; text: string };

/** Also the limit of `top`. */
export const maxPapersPerDay = 200;

export const channelDefaults = {
  announceTypes: ['new', 'cross'],
  primaryOnly: false,
  cutoffs: { relevance: 7, novelty: 6 },
  papersPerDay: 10,
  top: 20,
  minHIndex: 0,
  mute: [],
  groupByTopic: false,
  digestStyle: 'compact',
  digestSummary: false,
  linkCards: false,
} satisfies Partial<Channel>;

export type NewChannel = {
  name: string;
  destination: string;
  categories: string[];
  topics: string;
  timezone: string;
  papersPerDay?: number | undefined;
};

export type ChannelOrigin = { changeId: number; by: Person; at: string };

/** The current channels from the config file and from chat, with the changes made in chat. */
export type ChannelRegistry = {
  /** The same array until they change. */
  list(): readonly Channel[];
  find(name: string): Channel | undefined;
  /** A channel as it was in the config file or when created in chat, without later changes. */
  base(name: string): Channel | undefined;
  change(channel: string, change: ChannelChange, by: Person): Promise<Channel>;
  /** The channel with the change, without making it. @throws UserError as `change` does. */
  preview(channel: string, change: ChannelChange): Channel;
  /** @throws UserError if the destination or the name is taken, or a value is invalid. */
  create(settings: NewChannel, by: Person): Promise<Channel>;
  previewNew(settings: NewChannel): Channel;
  origin(name: string): ChannelOrigin | undefined;
  /**
   * Removes a channel created in chat and its settings. Keeps its digests and history.
   * @throws UserError for a channel from the config file.
   */
  remove(name: string, by: Person): Promise<void>;
  /** Undoes the newest change of this kind. @returns undefined if there is none. */
  undo(channel: string, kind: ChannelChange['kind'], by: Person): Promise<Channel | undefined>;
};
