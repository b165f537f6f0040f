import type { CommandGroup } from '../../src/core/command.ts';
import { amendTopics, checkTopics, discardTopics, editTopics, lookAtTopics } from './edit.ts';
import { expandedTopics, saveExpanded } from './expanded.ts';
import { topicsHistory } from './history.ts';
import { againTopics, saveTopics, undoTopics } from './save.ts';
import { showTopics } from './show.ts';
import { tryTopics } from './try.ts';

export const topics: CommandGroup = {
  name: 'topics',
  summary: "Show and edit the channel's topics",
  commands: [
    ...[showTopics, editTopics, tryTopics, undoTopics, topicsHistory, expandedTopics],
    // Called only by buttons and forms.
    ...[checkTopics, amendTopics, lookAtTopics, saveTopics, discardTopics, againTopics],
    saveExpanded,
  ],
};
