import type { CommandEntry, ListedCommand } from '../src/core/command.ts';
import { abstract } from './abstract.ts';
import { ask } from './ask.ts';
import { feedback } from './feedback.ts';
import { follow, following } from './follow.ts';
import { forget, forgotten } from './forget.ts';
import { help } from './help.ts';
import { here, hereChange, hereCheck, hereStart } from './here/here.ts';
import { history } from './history.ts';
import { pause, resume } from './pause.ts';
import { recap } from './recap.ts';
import { rescore } from './rescore.ts';
import { digest } from './retract/digest.ts';
import { retract } from './retract/retract.ts';
import { save, unsave } from './save.ts';
import { saved } from './saved.ts';
import { schedule } from './schedule.ts';
import { search } from './search.ts';
import { show } from './show.ts';
import { similar } from './similar.ts';
import { stats } from './stats.ts';
import { status } from './status.ts';
import { top } from './top.ts';
import { topics } from './topics/index.ts';
import { unfollow } from './unfollow.ts';

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

type Section = { title: string; commands: ListedCommand[] };

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

/** Everything that people can ask, in the order in which help shows it; then what only buttons and forms say. */
export const commands: readonly CommandEntry[] = [
  ...[top, digest, search, show, similar, recap],
  ...[ask, rescore],
  ...[save, unsave, saved],
  ...[topics, follow, unfollow, following, feedback],
  ...[here, schedule, pause, resume, retract, history],
  ...[status, help, stats, forget],
  ...[abstract, forgotten, hereCheck, hereChange, hereStart],
];
