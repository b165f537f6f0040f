import { createHash } from 'node:crypto';
import type { ChangeOf } from '../../src/core/changes.ts';
import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import type { Cutoffs } from '../../src/core/score.ts';
import type { ChangeStore } from '../../src/core/stores.ts';
import { cutoffsText, typedCutoffs } from '../shared/cutoffs.ts';
import { momentText } from '../shared/dates.ts';
import { type LineChange, lineChanges } from '../shared/line-changes.ts';
import { personText } from '../shared/people.ts';
import { lineCounts } from './draft-view.ts';

/** Topics and cutoffs as somebody saved them. */
type TopicsVersion = { record: ChangeOf<'topics'>; topics: string; cutoffs: Cutoffs };

/** Every version that was saved from chat, oldest first; none from before the channel was taken away. */
export const topicsVersions = async (channel: string, changes: Pick<ChangeStore, 'list'>): Promise<TopicsVersion[]> => {
  const removed = (await changes.list(channel, 'remove')).at(-1)?.changeId ?? 0;
  const records = (await changes.list(channel, 'topics')).filter(({ changeId }) => changeId > removed);
  return records.map((record) => ({ record, topics: record.value.topics, cutoffs: record.value.cutoffs }));
};

/** The version that holds; undefined where the config file's does. */
export const standingVersion = (versions: readonly TopicsVersion[]): TopicsVersion | undefined =>
  versions.findLast(({ record }) => record.undoneBy === undefined);

/** A letter v and hex digits that differ wherever topics or cutoffs do. */
export const fingerprint = ({ rubric, cutoffs }: Pick<Channel, 'rubric' | 'cutoffs'>): string =>
  `v${createHash('sha256')
    .update(JSON.stringify([rubric.topics, cutoffs.relevance, cutoffs.novelty]))
    .digest('hex')
    .slice(0, 11)}`;

/** Whose topics those of a channel made in chat are before anybody edits them; undefined for the config file's. */
export const firstTopicsText = async (
  channel: Channel,
  context: Pick<CommandContext, 'stores' | 'person' | 'platforms'>,
): Promise<string | undefined> => {
  const made = (await context.stores.changes.list(undefined, 'here')).findLast(
    ({ value }) => value.name === channel.name,
  );
  return (
    made &&
    `those that ${personText(made.person, context)} wrote on bringing me here (${momentText(new Date(made.at), channel.timezone)})`
  );
};

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
