import type { DigestEntry } from '../../src/core/digest.ts';
import { UserError } from '../../src/core/errors.ts';
import { shorten } from '../../src/core/paper-text.ts';
import { nearestOf } from './nearest.ts';

const periodWords = ['today', 'yesterday', 'week', 'month'];

const namesOf = (papers: readonly { entry: Pick<DigestEntry, 'topic'> }[]): string[] => [
  ...new Set(papers.flatMap(({ entry }) => entry.topic ?? [])),
];

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'none of these papers has a topic' : `the topics are ${names.slice(0, 8).join(', ')}`;

/**
 * The papers of the topics whose names contain the asked words; where there is none, those with the words in their
 * titles. `words` tells which.
 *
 * @throws UserError where nothing fits, with what is nearest to what was asked.
 */
export const ofTopic = <T extends { entry: Pick<DigestEntry, 'topic' | 'paper'> }>(
  papers: readonly T[],
  asked: string,
): { papers: T[]; words: string } => {
  const named = asked.replace(/^["“„]|["”“]$/g, '');
  const typed = named.toLowerCase();
  const names = namesOf(papers);
  const exact = names.filter((name) => name.toLowerCase() === typed);
  const chosen = exact.length > 0 ? exact : names.filter((name) => name.toLowerCase().includes(typed));
  if (chosen.length > 0) {
    const fitting = papers.filter(({ entry }) => entry.topic !== undefined && chosen.includes(entry.topic));
    return { papers: fitting, words: chosen.join(' and ') };
  }
  const wanted = typed.split(/\s+/);
  const titled = papers.filter(({ entry }) => {
    const title = entry.paper.title.toLowerCase();
    return wanted.every((word) => title.includes(word));
  });
  const shown = shorten(named, 60);
  if (titled.length > 0) return { papers: titled, words: `“${shown}” in the title` };
  const near = nearestOf(shown, [...names, ...periodWords]);
  throw new UserError(
    near
      ? `No topic is called "${shown}" and no title has it; did you mean /arxiv top ${near}?`
      : `No topic is called "${shown}" and no title has it; ${listed(names)}: type /arxiv search ${shown} to look in everything.`,
  );
};
