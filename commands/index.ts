import type { CommandEntry } from '../src/core/command.ts';
import { abstract } from './abstract.ts';
import { ask } from './ask.ts';
import { digest } from './digest.ts';
import { feedback } from './feedback.ts';
import { follow } from './follow.ts';
import { following } from './following.ts';
import { forget, forgotten } from './forget.ts';
import { help } from './help.ts';
import { here, hereChange, hereCheck, hereStart } from './here.ts';
import { history } from './history.ts';
import { pause, resume } from './pause.ts';
import { recap } from './recap.ts';
import { rescore } from './rescore.ts';
import { retract } from './retract.ts';
import { save, unsave } from './save.ts';
import { saved } from './saved.ts';
import { schedule } from './schedule.ts';
import { search } from './search.ts';
import { show } from './show.ts';
import { similar } from './similar.ts';
import { stats } from './stats.ts';
import { status } from './status.ts';
import { top } from './top.ts';
import { topics } from './topics.ts';
import { unfollow } from './unfollow.ts';

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
