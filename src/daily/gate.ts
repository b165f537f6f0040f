import type { Channel } from '../core/channel.ts';
import { type AnnouncedPaper, announceTypes, type Candidate } from '../core/paper.ts';

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
 * @param alreadyPicked Ids that the channel has in another day's digest; they come again only where the channel wants
 *   replacements and this is one.
 */
export const gate = (
  announced: readonly AnnouncedPaper[],
  channel: Pick<Channel, 'announceTypes' | 'primaryOnly' | 'categories'>,
  alreadyPicked: ReadonlySet<string>,
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
    return !alreadyPicked.has(paper.id) || type === 'replace' || type === 'replace-cross';
  });
  return { announced: merged.size, candidates };
};
