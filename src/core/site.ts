/** One file of the pages, as it is written to disk or served. */
export type SiteFile = {
  /** Media type with its charset, such as `text/html; charset=utf-8`. */
  type: string;
  body: string | Uint8Array<ArrayBuffer>;
};

/**
 * The pages of all channels as files. Links between them are relative, so that they work from any folder and under any
 * address.
 */
export type Site = {
  /** The file at a path such as `index.html` or `foundations/2025-07-08.html`; undefined where there is none. */
  file(path: string): Promise<SiteFile | undefined>;
  /** The paths of all files. */
  paths(): Promise<string[]>;
};
