import type { LiveState } from '../../core/site.ts';
import { describeActivity } from './activity.ts';
import type { LiveChannel, LiveSiteParts } from './site.ts';

/** The state of a channel's page: of the given day, or of the newest with the channel's other messages. */
export const readState = async (
  channel: LiveChannel,
  date: string | undefined,
  { stores, activity, now }: Pick<LiveSiteParts, 'stores' | 'activity' | 'now'>,
): Promise<LiveState> => {
  const { name, place } = channel;
  const digest = await (date === undefined ? stores.digests.newest(name) : stores.digests.find(name, date));
  const ids = [...(digest?.entries ?? []), ...(digest?.nearest ?? [])].map(({ paper }) => paper.id);
  const sent = digest && place !== undefined ? await stores.outbox.list(digest.digestId, place) : [];
  const posts = place !== undefined && date === undefined ? await stores.webMessages.posts(place, 1) : [];
  const parts = [digest?.digestId, sent.filter(({ status }) => status === 'sent').length, posts.at(-1)?.key];
  return {
    content: parts.map((part) => part ?? '').join('.'),
    votes: Object.fromEntries(await stores.reactions.votes(name, ids)),
    activity: describeActivity(activity.of(name), channel, now()),
  };
};
