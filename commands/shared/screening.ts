import type { Channel } from '../../src/core/channel.ts';
import { type AnnounceType, announceTypes, type Paper } from '../../src/core/paper.ts';
import type { PaperAnnouncement } from '../../src/core/stores.ts';

const joined = (words: readonly string[], last: 'and' | 'or'): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}` : (words[0] ?? '');

const typeWords = {
  new: 'new',
  cross: 'cross-listed',
  replace: 'replaced',
  'replace-cross': 'replaced (cross-listed)',
} satisfies Record<AnnounceType, string>;

const typesText = (types: readonly AnnounceType[]): string =>
  joined(
    types.map((type) => typeWords[type]),
    'and',
  );

export const announcedHere = (
  { categories, announceTypes: types }: Pick<Channel, 'categories' | 'announceTypes'>,
  announced: readonly PaperAnnouncement[],
): PaperAnnouncement[] =>
  announced.filter(({ category, type }) => categories.includes(category) && types.includes(type));

export const heldBack = (
  paper: Paper,
  channel: Pick<Channel, 'name' | 'categories' | 'announceTypes' | 'primaryOnly'>,
  announced: readonly PaperAnnouncement[],
): string | undefined => {
  const { name, categories, primaryOnly } = channel;
  const here = announced.filter(({ category }) => categories.includes(category));
  if (announced.length === 0) return 'Paperboy has not seen it announced.';
  if (here.length === 0) {
    const elsewhere = joined([...new Set(announced.map(({ category }) => category))], 'and');
    return `Announced in ${elsewhere}, but ${name} reads only ${joined(categories, 'and')}.`;
  }
  if (!here.some(({ type }) => channel.announceTypes.includes(type))) {
    const types = announceTypes.filter((type) => here.some((one) => one.type === type));
    return `Announced only as ${typesText(types)}, but ${name} reads only ${typesText(channel.announceTypes)} papers.`;
  }
  if (primaryOnly && !categories.includes(paper.categories[0] ?? ''))
    return `Its primary category is ${paper.categories[0]}, but ${name} reads only papers whose primary category is ${joined(categories, 'or')}.`;
  return undefined;
};
