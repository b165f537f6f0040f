import type { AnnouncedPaper, Announcement, IsoDate } from './paper.ts';

/** Methods reject with ExternalError if they get no complete response. */
export type AnnouncementSource = {
  newest(category: string, signal?: AbortSignal): Promise<Announcement>;
  on(category: string, date: IsoDate, signal?: AbortSignal): Promise<Announcement | undefined>;
  /**
   * Papers of a category first submitted in a window (`to` excluded), in their newest version. Approximates an
   * announcement that arXiv no longer shows.
   */
  submitted(category: string, window: { from: Date; to: Date }, signal?: AbortSignal): Promise<AnnouncedPaper[]>;
};

/** The wording that arXiv requires of products: https://info.arxiv.org/help/api/tou.html. */
export const acknowledgement =
  'Thank you to arXiv for use of its open access interoperability. This product was not reviewed or approved by, nor does it necessarily express or reflect the policies or opinions of, arXiv.';
