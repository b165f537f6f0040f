import type { CommandEntry } from '../src/core/command.ts';
import { ask } from './ask.ts';
import { feedback } from './feedback.ts';
import { follow, following, unfollow } from './follow.ts';
import { forget, forgotten } from './forget.ts';
import { hello, thanks } from './hello.ts';
import { createHelp } from './help.ts';
import { here, hereChange, hereCheck, hereStart } from './here/here.ts';
import { history } from './history.ts';
import { link, unlink } from './link.ts';
import { mute, unmute } from './mute.ts';
import { pause, resume } from './pause.ts';
import { picked } from './picked.ts';
import { question } from './question.ts';
import { recap } from './recap.ts';
import { rescore } from './rescore.ts';
import { digest } from './retract/digest.ts';
import { retract } from './retract/retract.ts';
import { save, unsave } from './save.ts';
import { bibtex, saved } from './saved.ts';
import { schedule } from './schedule.ts';
import { search } from './search.ts';
import { abstract, show } from './show.ts';
import { similar } from './similar.ts';
import { stats } from './stats.ts';
import { status } from './status.ts';
import { summaries } from './summaries.ts';
import { top } from './top.ts';
import { topics } from './topics/index.ts';
import { vote } from './vote.ts';

export type Section = { title: string; entries: readonly CommandEntry[] };

const help = createHelp(() => sections);

const sections: readonly Section[] = [
  { title: 'Read papers', entries: [top, digest, search, show, similar, recap] },
  { title: 'Ask the language model', entries: [ask, rescore] },
  { title: 'Your reading list', entries: [save, unsave, saved] },
  { title: 'Topics, authors and votes', entries: [topics, mute, unmute, follow, unfollow, following, feedback] },
  { title: 'Channels and posting', entries: [here, schedule, summaries, pause, resume, retract, history] },
  { title: 'Status and help', entries: [status, stats, help] },
  { title: 'Your accounts and data', entries: [link, unlink, forget] },
];

const hidden: readonly CommandEntry[] = [
  ...[vote, abstract, bibtex, picked, forgotten, hereCheck, hereChange, hereStart],
  ...[hello, thanks, question],
];

export const commands: readonly CommandEntry[] = [...sections.flatMap(({ entries }) => entries), ...hidden];
