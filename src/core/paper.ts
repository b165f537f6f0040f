/** A calendar day as `YYYY-MM-DD`; of an announcement, arXiv's mailing date in New York. */
export type IsoDate = string;

/** One version of an arXiv paper, its text already Unicode (TeX accents resolved), its mathematics still TeX. */
export type Paper = {
  /** Bare arXiv id, such as `2503.07639` or `hep-th/9901001`; always text, never a number. */
  id: string;
  version: number;
  title: string;
  /** Names in the paper's order, without affiliations. */
  authors: string[];
  abstract: string;
  /** Primary category first. */
  categories: string[];
  /** The authors' comment, such as "12 pages, 3 figures". */
  comments?: string;
  doi?: string;
  journalReference?: string;
  /** Address of the licence. */
  license?: string;
};

/** What makes two readings of a paper the same: its id and version. */
export type PaperVersion = Pick<Paper, 'id' | 'version'>;

export const announceTypes = ['new', 'cross', 'replace', 'replace-cross'] as const;

/** How arXiv announced a paper in one category. */
export type AnnounceType = (typeof announceTypes)[number];

/** arXiv's announcement of one paper in one category. */
export type AnnouncedPaper = {
  paper: Paper;
  type: AnnounceType;
};

/** Everything that arXiv announced in one category on one date, proved complete by the listing's own counts. */
export type Announcement = {
  category: string;
  date: IsoDate;
  /** True where the announcement itself was gone, and these are the papers that were submitted for it. */
  approximate?: boolean | undefined;
  /** In arXiv's order. */
  papers: AnnouncedPaper[];
};

/** A paper of a channel's day: its announcements in the channel's categories merged into one. */
export type Candidate = {
  paper: Paper;
  /** `new` wins over `cross`, `cross` over `replace`. */
  type: AnnounceType;
};

export const abstractUrl = (paper: PaperVersion): string => `https://arxiv.org/abs/${paper.id}`;
export const pdfUrl = (paper: PaperVersion): string => `https://arxiv.org/pdf/${paper.id}`;
export const htmlUrl = (paper: PaperVersion): string => `https://arxiv.org/html/${paper.id}v${paper.version}`;
