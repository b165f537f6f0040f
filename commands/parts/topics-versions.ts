import { createHash } from 'node:crypto';
import type { Channel } from '../../src/core/channel.ts';
import type { Cutoffs } from '../../src/core/score.ts';
import type { Change, ChangeStore } from '../../src/core/stores.ts';
import { fieldsOf, numberOf, removeAction, textOf } from './records.ts';

/** The record of a change of topics. */
const topicsAction = 'topics';

/** Topics and cutoffs as somebody saved them. */
export type TopicsVersion = { record: Change; topics: string; cutoffs: Cutoffs };

const readVersion = (record: Change): TopicsVersion | undefined => {
  const value = fieldsOf(record.value);
  const topics = textOf(value.topics);
  const cutoffs = fieldsOf(value.cutoffs);
  const [relevance, novelty] = [numberOf(cutoffs.relevance), numberOf(cutoffs.novelty)];
  if (record.action !== topicsAction || topics === undefined || relevance === undefined || novelty === undefined)
    return undefined;
  return { record, topics, cutoffs: { relevance, novelty } };
};

/** Every version that was saved from chat, oldest first; none from before the channel was taken away. */
export const topicsVersions = async (channel: string, changes: Pick<ChangeStore, 'list'>): Promise<TopicsVersion[]> => {
  const removed = (await changes.list(channel, removeAction)).at(-1)?.changeId ?? 0;
  const records = await changes.list(channel, topicsAction);
  return records.flatMap((record) => (record.changeId > removed && readVersion(record)) || []);
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
