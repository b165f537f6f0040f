import type { Digest } from '../core/digest.ts';

/** The addresses of the site's files, seen from one page. Every one is relative and names a file. */
export type Links = {
  top: string;
  asset(name: string): string;
  /** A file of a channel, such as `2025-07-08.html`. */
  file(channel: string, name: string): string;
};

/** Links from a page in a channel's folder, or from the top of the site. */
export const linksFrom = (folder: string | undefined): Links => {
  const up = folder === undefined ? '' : '../';
  return {
    top: `${up}index.html`,
    asset: (name) => `${up}assets/${name}`,
    file: (channel, name) => (channel === folder ? name : `${up}${channel}/${name}`),
  };
};

export const pageName = ({ date }: Pick<Digest, 'date'>): string => `${date}.html`;

/** The part of an address that leads to a paper of a day's page. */
export const paperAnchor = (rank: number): string => `#paper-${rank}`;
