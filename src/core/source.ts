import type { AnnouncedPaper, Announcement, IsoDate } from './paper.ts';

/** Where announcements come from. Methods reject with ExternalError when no complete answer could be had. */
export type AnnouncementSource = {
  /** The newest announcement of a category, however old it is. */
  newest(category: string, signal?: AbortSignal): Promise<Announcement>;
  /** A category's announcement of a date; undefined where arXiv says that there was none. */
  on(category: string, date: IsoDate, signal?: AbortSignal): Promise<Announcement | undefined>;
  /**
   * The papers of a category that were first submitted from one instant to before another, in their newest version: what
   * comes nearest to an announcement that arXiv no longer shows.
   */
  submitted(category: string, window: { from: Date; to: Date }, signal?: AbortSignal): Promise<AnnouncedPaper[]>;
};
