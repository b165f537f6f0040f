import type { FollowedAuthor } from '../../src/core/channel.ts';
import type { Inline } from '../../src/core/message.ts';
import { button } from './buttons.ts';

/** The value of `id` for an author who is known by name alone. */
export const nameAlone = 'none';

/** Address of an author’s page. */
export const pageOf = (id: string): string => `https://www.semanticscholar.org/author/${id}`;

/** The name with the id in the index of authors, or that there is none. */
export const authorLine = ({ name, semanticScholarId: id }: FollowedAuthor): Inline[] =>
  id === undefined ? [name, ' (by name alone)'] : [name, ' (', { text: id, url: pageOf(id) }, ')'];

export const listButton = button('Who is followed', ['following']);

/** The command that follows an author. */
export const toFollow = (name: string, id: string): string[] => ['follow', name, 'id', id];

export const idOption = {
  type: 'text',
  keyword: 'id',
  required: false,
  description: 'the number in the address of the author’s page at Semantic Scholar',
} as const;
