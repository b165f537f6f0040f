import { covers, isSameCategory } from '../../src/core/category.ts';
import type { Channel } from '../../src/core/channel.ts';
import { type AnnounceType, announceTypes, type Paper, wordList } from '../../src/core/paper.ts';
import type { PaperAnnouncement } from '../../src/core/stores.ts';

const typeWords = {
  new: 'new',
  cross: 'cross-listed',
  replace: 'replaced',
  'replace-cross': 'replaced (cross-listed)',
} satisfies Record<AnnounceType, string>;

const typesText = (types: readonly AnnounceType[]): string => wordList(types.map((type) => typeWords[type]));

const isReadBy = (categories: readonly string[], category: string): boolean =>
  categories.some((one) => isSameCategory(one, category));

export const announcedHere = (
  { categories, announceTypes: types }: Pick<Channel, 'categories' | 'announceTypes'>,
  announced: readonly PaperAnnouncement[],
): PaperAnnouncement[] =>
  announced.filter(({ category, type }) => isReadBy(categories, category) && types.includes(type));

export const heldBack = (
  paper: Paper,
  channel: Pick<Channel, 'name' | 'categories' | 'announceTypes' | 'primaryOnly'>,
  announced: readonly PaperAnnouncement[],
): string | undefined => {
  const { name, categories, primaryOnly } = channel;
  const here = announced.filter(({ category }) => isReadBy(categories, category));
  if (announced.length === 0) return 'Paperboy has not seen it announced.';
  if (here.length === 0) {
    const elsewhere = wordList([...new Set(announced.map(({ category }) => category))]);
    return `Announced in ${elsewhere}, but ${name} reads only ${wordList(categories)}.`;
  }
  if (!here.some(({ type }) => channel.announceTypes.includes(type))) {
    const types = announceTypes.filter((type) => here.some((one) => one.type === type));
    return `Announced only as ${typesText(types)}, but ${name} reads only ${typesText(channel.announceTypes)} papers.`;
  }
  if (primaryOnly && !categories.some((one) => covers(one, paper.categories[0])))
    return `Its primary category is ${paper.categories[0]}, but ${name} reads only papers whose primary category is ${wordList(categories, 'or')}.`;
  return undefined;
};
