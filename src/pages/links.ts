import type { Digest } from '../core/digest.ts';

/** Links to the site's files from one page. All are relative and name a file. */
export type Links = {
  top: string;
  asset(name: string): string;
  file(channel: string, name: string): string;
};

/** Links from a page in a channel's folder, or from the top of the site if there is no folder. */
export const linksFrom = (folder: string | undefined): Links => {
  const up = folder === undefined ? '' : '../';
  return {
    top: `${up}index.html`,
    asset: (name) => `${up}assets/${name}`,
    file: (channel, name) => (channel === folder ? name : `${up}${channel}/${name}`),
  };
};

export const pageName = ({ date }: Pick<Digest, 'date'>): string => `${date}.html`;

export const paperAnchor = (rank: number): string => `#paper-${rank}`;
