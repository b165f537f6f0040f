import type { Person } from './addresses.ts';
import type { AnnounceType } from './paper.ts';
import type { Cutoffs, Rubric } from './score.ts';

/** An author whose papers always reach the channel. */
export type FollowedAuthor = { name: string; semanticScholarId?: string | undefined };

/** What one team reads: its settings with every default filled in and every file read. */
export type Channel = {
  name: string;
  /** IANA name; of its schedule and of the times it is shown. */
  timezone: string;
  /** Cron expression in that time zone. */
  schedule: string;
  /** Destinations as written in the config. */
  post: string[];
  categories: string[];
  announceTypes: AnnounceType[];
  /** Only papers whose primary category is one of `categories`. */
  primaryOnly: boolean;
  rubric: Rubric;
  cutoffs: Cutoffs;
  /** At most so many papers a day. */
  top: number;
  authors: FollowedAuthor[];
  /** A paper is left out if every author's h-index is known and none reaches this; 0 for no limit. */
  minHIndex: number;
  /** Papers are shown under the topic that they match best. */
  groupByTopic: boolean;
  /** People who may change the channel, besides the admins; as written in the config. */
  managers: readonly string[];
  /** A paused channel is not run at its schedule. */
  isPaused: boolean;
  /** A link to a paper that somebody posts in the channel's place is answered with a card. */
  linkCards: boolean;
  /** When the best of the time before are posted; undefined for never. */
  recap: RecapSpan | undefined;
};

export const recapSpans = ['week', 'month'] as const;
export type RecapSpan = (typeof recapSpans)[number];

/** What a manager changes from chat. Each holds the whole new value of what it changes. */
export type ChannelChange =
  | { kind: 'topics'; topics: string; cutoffs: Cutoffs }
  | { kind: 'schedule'; schedule: string }
  | { kind: 'pause'; isPaused: boolean }
  | { kind: 'authors'; authors: FollowedAuthor[] };

/** What is asked of somebody who brings Paperboy to a new place. Everything else is as if the config file said nothing. */
export type NewChannel = {
  name: string;
  /** Full address of the place. */
  destination: string;
  categories: string[];
  topics: string;
  timezone: string;
};

/** On record: that a channel was made in chat. */
export type ChannelOrigin = { changeId: number; by: Person; at: string };

/** The channels as they are now: those of the config file and those that were made in chat, with the changes from chat. */
export type ChannelRegistry = {
  list(): readonly Channel[];
  find(name: string): Channel | undefined;
  /** A channel as the config file has it, or whoever made it in chat: without what was changed in chat since. */
  base(name: string): Channel | undefined;
  /**
   * Changes a channel from now on. What somebody else changed meanwhile is not lost: it stands in the history.
   *
   * @throws UserError where the values cannot be, with what to write instead.
   */
  change(channel: string, change: ChannelChange, by: Person): Promise<Channel>;
  /** What the channel would be with the change. @throws UserError as `change` does. */
  preview(channel: string, change: ChannelChange): Channel;
  /** Makes a channel of a place. @throws UserError where the place or the name is taken, or a value cannot be. */
  create(settings: NewChannel, by: Person): Promise<Channel>;
  /** What a new channel would be. @throws UserError as `create` does. */
  previewNew(settings: NewChannel): Channel;
  /** How a channel was made in chat; undefined for one of the config file. */
  origin(name: string): ChannelOrigin | undefined;
  /**
   * Takes away a channel that was made in chat, with the changes that were made of it. Its digests and its history stay.
   *
   * @throws UserError for a channel of the config file.
   */
  remove(name: string, by: Person): Promise<void>;
  /** Takes the newest change of the kind back. @returns undefined where there is none to take back. */
  undo(channel: string, kind: ChannelChange['kind'], by: Person): Promise<Channel | undefined>;
};
