import type { CommandGroup } from '../../src/core/command.ts';
import { checkTopics, discardTopics, lookAtTopics } from './check.ts';
import { amendTopics, editTopics } from './edit.ts';
import { topicsHistory } from './history.ts';
import { againTopics, saveTopics, undoTopics } from './save.ts';
import { showTopics } from './show.ts';
import { tryTopics } from './try.ts';

/** What a channel reads, and how people change it. */
export const topics: CommandGroup = {
  name: 'topics',
  summary: 'what the channel reads and how good a paper must be',
  commands: [
    ...[showTopics, editTopics, tryTopics, undoTopics, topicsHistory],
    ...[checkTopics, amendTopics, lookAtTopics, saveTopics, discardTopics, againTopics],
  ],
};
