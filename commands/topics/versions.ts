import { createHash } from 'node:crypto';
import type { ChangeOf } from '../../src/core/changes.ts';
import { type Channel, channelDefaults } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { type Cutoffs, cutoffsText } from '../../src/core/score.ts';
import type { ChangeStore } from '../../src/core/stores.ts';
import { changedLimits } from '../shared/cutoffs.ts';
import { momentText } from '../shared/dates.ts';
import { personText } from '../shared/people.ts';
import { type LineChange, lineChanges, lineCounts } from './lines.ts';

type TopicsVersion = {
  change: ChangeOf<'topics'>;
  topics: string;
  cutoffs: Cutoffs;
  /** Undefined in versions from before it existed. */
  papersPerDay: number | undefined;
};

/** Versions saved in chat since the channel was last removed, oldest first. */
export const topicsVersions = async (channel: string, changes: Pick<ChangeStore, 'list'>): Promise<TopicsVersion[]> => {
  const removed = (await changes.list(channel, 'remove')).at(-1)?.changeId ?? 0;
  const saved = (await changes.list(channel, 'topics')).filter(({ changeId }) => changeId > removed);
  return saved.map((change) => {
    const { topics, cutoffs, papersPerDay } = change.value;
    return { change, topics, cutoffs, papersPerDay };
  });
};

export const currentVersion = (versions: readonly TopicsVersion[]): TopicsVersion | undefined =>
  versions.findLast(({ change }) => change.undoneBy === undefined);

/** The default of `papersPerDay` is left out, so that older buttons still match. */
export const fingerprint = ({
  rubric,
  cutoffs,
  papersPerDay,
}: Pick<Channel, 'rubric' | 'cutoffs' | 'papersPerDay'>): string =>
  `v${createHash('sha256')
    .update(
      JSON.stringify([
        ...[rubric.topics, cutoffs.relevance, cutoffs.novelty],
        ...(papersPerDay === channelDefaults.papersPerDay ? [] : [papersPerDay]),
      ]),
    )
    .digest('hex')
    .slice(0, 11)}`;

/** The source of a channel's original topics, phrased to follow "the topics are". */
export const firstTopicsText = async (
  channel: Channel,
  context: Pick<CommandContext, 'stores' | 'person' | 'platforms'>,
): Promise<string> => {
  const created = (await context.stores.changes.list(undefined, 'here')).findLast(
    ({ value }) => value.name === channel.name,
  );
  return created
    ? `those that ${personText(created.person, context)} wrote to set up Paperboy here (${momentText(new Date(created.at), channel.timezone)})`
    : 'those of the config file';
};

/**
 * A saved version with its changed lines. `what` is a summary, such as "1 line added; relevance 7 and novelty 6 or
 * higher".
 */
export type TopicsEdit = { version: TopicsVersion; lines: readonly LineChange[]; what: string };

const editOf = (
  version: TopicsVersion,
  before: Pick<TopicsVersion, 'topics' | 'cutoffs' | 'papersPerDay'>,
  nothing: string,
): TopicsEdit => {
  const lines = lineChanges(before.topics, version.topics);
  const what = [lineCounts(lines), ...changedLimits(before, version)].filter(Boolean).join('; ');
  return { version, lines, what: what || nothing };
};

/**
 * Edits made in chat to a channel's topics, oldest first. Each is compared with the topics it replaced: those from
 * the newest earlier edit not undone by then. If there is none, they come from the current config file or the
 * channel's setup.
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
      .findLast(({ change: { undoneBy } }) => undoneBy === undefined || undoneBy > version.change.changeId);
    if (before) return editOf(version, before, 'only spaces and empty lines');
    if (!base) return { version, lines: [], what: cutoffsText(version.cutoffs) };
    // The edit may have been copied into the config file in the meantime.
    const isAdopted = base.rubric.topics === version.topics;
    const nothing = isAdopted ? 'same as the config file now' : 'only spaces and empty lines';
    const { rubric, cutoffs, papersPerDay } = base;
    return editOf(version, { topics: rubric.topics, cutoffs, papersPerDay }, nothing);
  });
};
