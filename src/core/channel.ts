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
};
