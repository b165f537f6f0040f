import { createHash } from 'node:crypto';
import type { LiveState } from '../../core/site.ts';
import { describeActivity } from './activity.ts';
import { readRescored } from './rescored.ts';
import { type LiveChannel, type LiveSiteParts, postsShown } from './site.ts';

/** The state of a channel's page: of the given day, or of the newest with the channel's other messages. */
export const readState = async (
  channel: LiveChannel,
  date: string | undefined,
  { stores, activity, now, model }: Pick<LiveSiteParts, 'stores' | 'activity' | 'now' | 'model'>,
): Promise<LiveState> => {
  const { name, place } = channel;
  const digest = await (date === undefined ? stores.digests.newest(name) : stores.digests.find(name, date));
  const ids = [...(digest?.entries ?? []), ...(digest?.nearest ?? [])].map(({ paper }) => paper.id);
  const sent = digest && place !== undefined ? await stores.outbox.list(digest.digestId, place) : [];
  const rescored = digest ? await readRescored(digest, stores, model?.(name)) : new Map();
  // Whole, as what was sent may be changed.
  const posts = place !== undefined && date === undefined ? await stores.webMessages.posts(place, postsShown) : [];
  // What stands beside the day: the channel's days and calendar.
  const days = (await stores.digests.summaries(name)).map((day) => day.date);
  const shown = [
    digest?.digestId,
    days,
    sent.filter(({ status }) => status === 'sent').length,
    [...rescored.values()].map(({ scoreId }) => scoreId),
    posts.map(({ key, message }) => [key, message]),
  ];
  return {
    content: createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 22),
    votes: Object.fromEntries(await stores.reactions.votes(name, ids)),
    activity: describeActivity(activity.of(name), channel, now()),
  };
};
