import type { Channel } from '../../src/core/channel.ts';
import { type AnnounceType, announceTypes, type Paper } from '../../src/core/paper.ts';
import type { PaperAnnouncement } from '../../src/core/stores.ts';

const or = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '');

const typeWords = {
  new: 'new',
  cross: 'cross-listed',
  replace: 'replaced',
  'replace-cross': 'replaced (cross-listed)',
} satisfies Record<AnnounceType, string>;

const typesText = (types: readonly AnnounceType[]): string => or(types.map((type) => typeWords[type]));

/** The announcements of a paper that a channel reads, by category and type, in the order in which they are given. */
export const announcedHere = (
  { categories, announceTypes: types }: Pick<Channel, 'categories' | 'announceTypes'>,
  announced: readonly PaperAnnouncement[],
): PaperAnnouncement[] =>
  announced.filter(({ category, type }) => categories.includes(category) && types.includes(type));

/** What the gate holds against the announcements of a paper; undefined where it lets them pass. */
export const heldBack = (
  paper: Paper,
  channel: Pick<Channel, 'name' | 'categories' | 'announceTypes' | 'primaryOnly'>,
  announced: readonly PaperAnnouncement[],
): string | undefined => {
  const { name, categories, primaryOnly } = channel;
  const here = announced.filter(({ category }) => categories.includes(category));
  if (announced.length === 0) return 'No announcement that I have seen has it.';
  if (here.length === 0) {
    const elsewhere = or([...new Set(announced.map(({ category }) => category))]);
    return `It was announced in ${elsewhere}; ${name} reads ${or(categories)}.`;
  }
  if (!here.some(({ type }) => channel.announceTypes.includes(type))) {
    const types = announceTypes.filter((type) => here.some((one) => one.type === type));
    return `It was announced only as ${typesText(types)}; ${name} reads what is ${typesText(channel.announceTypes)}.`;
  }
  if (primaryOnly && !categories.includes(paper.categories[0] ?? ''))
    return `Its primary category is ${paper.categories[0]}; ${name} reads only papers whose primary one is ${or(categories)}.`;
  return undefined;
};
