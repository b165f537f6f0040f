import type { AnnouncedPaper, Announcement, IsoDate } from './paper.ts';

/** Source of announcements. Methods reject with ExternalError if no complete answer can be had. */
export type AnnouncementSource = {
  newest(category: string, signal?: AbortSignal): Promise<Announcement>;
  /** Undefined if there was no announcement on that date. */
  on(category: string, date: IsoDate, signal?: AbortSignal): Promise<Announcement | undefined>;
  /**
   * The papers of a category first submitted from one instant to before another, in their newest version: an approximation
   * of an announcement that arXiv no longer shows.
   */
  submitted(category: string, window: { from: Date; to: Date }, signal?: AbortSignal): Promise<AnnouncedPaper[]>;
};

/** The wording that arXiv asks products for: https://info.arxiv.org/help/api/tou.html. */
export const acknowledgement =
  'Thank you to arXiv for use of its open access interoperability. This product was not reviewed or approved by, nor does it necessarily express or reflect the policies or opinions of, arXiv.';
