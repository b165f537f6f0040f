import type { CommandGroup } from '../src/core/command.ts';
import { checkTopics, discardTopics, lookAtTopics } from './topics/check.ts';
import { amendTopics, editTopics } from './topics/edit.ts';
import { topicsHistory } from './topics/history.ts';
import { againTopics, saveTopics, undoTopics } from './topics/save.ts';
import { showTopics } from './topics/show.ts';
import { tryTopics } from './topics/try.ts';

/** What a channel reads, and how people change it. */
export const topics: CommandGroup = {
  name: 'topics',
  summary: 'what the channel reads and how good a paper must be',
  commands: [
    ...[showTopics, editTopics, tryTopics, undoTopics, topicsHistory],
    ...[checkTopics, amendTopics, lookAtTopics, saveTopics, discardTopics, againTopics],
  ],
};
