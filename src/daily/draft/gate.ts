import type { Channel } from '../../core/channel.ts';
import { type AnnouncedPaper, announceTypes, type Candidate } from '../../core/paper.ts';

/** What a channel's scorer is to read, and how much there was before the gate. */
export type Gated = {
  /** Papers in the announcement, replacements included, each counted once. */
  announced: number;
  candidates: Candidate[];
};

const precedence = (type: Candidate['type']): number => announceTypes.indexOf(type);

/**
 * Merges a day's announcements by paper and keeps those that the channel wants. Whether a paper is new or cross depends
 * on the categories that are read together: new in one of them makes it new.
 *
 * @param announced In the order that ties in the ranking fall back to.
 * @param alreadyPicked Papers that the channel has in another day's digest, with the version; they come again only where
 *   the channel wants replacements and this is one of a newer version.
 */
export const gate = (
  announced: readonly AnnouncedPaper[],
  channel: Pick<Channel, 'announceTypes' | 'primaryOnly' | 'categories'>,
  alreadyPicked: ReadonlyMap<string, number>,
): Gated => {
  const merged = new Map<string, Candidate>();
  for (const { paper, type } of announced) {
    const before = merged.get(paper.id);
    if (!before || precedence(type) < precedence(before.type)) merged.set(paper.id, { paper, type });
  }
  const wanted = new Set(channel.announceTypes);
  const categories = new Set(channel.categories);
  const candidates = [...merged.values()].filter(({ paper, type }) => {
    if (!wanted.has(type)) return false;
    if (channel.primaryOnly && !categories.has(paper.categories[0] ?? '')) return false;
    const picked = alreadyPicked.get(paper.id);
    return picked === undefined || (type.startsWith('replace') && paper.version > picked);
  });
  return { announced: merged.size, candidates };
};
