import type { ListedCommand } from '../../src/core/command.ts';

/** The commands by what people want of them, in the order in which help shows them. A group is named once. */
const sections = [
  { title: 'Read', names: ['top', 'digest', 'search', 'show', 'similar', 'recap'] },
  { title: 'Ask the language model', names: ['ask', 'rescore'] },
  { title: 'Your own list', names: ['save', 'unsave', 'saved'] },
  { title: 'What the channel reads', names: ['topics', 'follow', 'unfollow', 'following', 'feedback'] },
  { title: 'Bring me here, and when I post', names: ['here', 'schedule', 'pause', 'resume', 'retract', 'history'] },
  { title: 'How things stand', names: ['status', 'stats', 'help', 'forget'] },
] as const satisfies readonly { title: string; names: readonly string[] }[];

/** Commands that stand under no title of their own. */
const restTitle = 'More';

export type Section = { title: string; commands: ListedCommand[] };

/** The commands under their titles; none is left out, and no title stands over nothing. */
export const sectionsOf = (listed: readonly ListedCommand[]): Section[] => {
  const nameOf = ({ path }: ListedCommand): string => path.split(' ')[0] ?? path;
  const known = sections.map(({ title, names }) => {
    const placed = names.flatMap((name) => listed.filter((one) => nameOf(one) === name));
    return { title, commands: placed };
  });
  const placed = new Set(known.flatMap(({ commands }) => commands));
  const rest = { title: restTitle, commands: listed.filter((one) => !placed.has(one)) };
  return [...known, rest].filter(({ commands }) => commands.length > 0);
};
