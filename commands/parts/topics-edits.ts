import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { cutoffsText, typedCutoffs } from './cutoffs.ts';
import { lineCounts } from './draft-view.ts';
import { type LineChange, lineChanges } from './line-changes.ts';
import { type TopicsVersion, topicsVersions } from './topics-versions.ts';

/** A saved version with what it changed: the lines, and in words "1 line added; relevance 7 and novelty 6 or more". */
export type TopicsEdit = { version: TopicsVersion; lines: readonly LineChange[]; what: string };

type Before = Pick<TopicsVersion, 'topics' | 'cutoffs'>;

const editOf = (version: TopicsVersion, before: Before, nothing: string): TopicsEdit => {
  const lines = lineChanges(before.topics, version.topics);
  const areCutoffsNew = typedCutoffs(before.cutoffs) !== typedCutoffs(version.cutoffs);
  const parts = [
    ...(lines.length > 0 ? [lineCounts(lines)] : []),
    ...(areCutoffsNew ? [cutoffsText(version.cutoffs)] : []),
  ];
  return { version, lines, what: parts.join('; ') || nothing };
};

/**
 * The edits of a channel's topics from chat, oldest first. Each is held against what stood when it was saved: the newest
 * edit before it that was not taken back by then, else what the config file says now, or whoever brought the bot there wrote.
 */
export const topicsEdits = async (
  channel: Pick<Channel, 'name'>,
  { channels, stores }: Pick<CommandContext, 'channels' | 'stores'>,
): Promise<TopicsEdit[]> => {
  const versions = await topicsVersions(channel.name, stores.changes);
  const base = channels.base(channel.name);
  return versions.map((version, index) => {
    const before = versions
      .slice(0, index)
      .findLast(({ record: { undoneBy } }) => undoneBy === undefined || undoneBy > version.record.changeId);
    if (before) return editOf(version, before, 'blanks and empty lines');
    if (!base) return { version, lines: [], what: cutoffsText(version.cutoffs) };
    // The file may have taken the edit up meanwhile.
    const isBase = base.rubric.topics === version.topics;
    const nothing = isBase ? 'as the config file has them now' : 'blanks and empty lines';
    return editOf(version, { topics: base.rubric.topics, cutoffs: base.cutoffs }, nothing);
  });
};
