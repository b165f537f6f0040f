import type { App } from '../app.ts';
import { platformOf } from '../core/addresses.ts';

/** Milliseconds that are looked back for earlier digests. A busy channel has thousands of messages in this time. */
const lookBackMs = 14 * 86_400_000;

/**
 * Looks for digests at the channels' destinations if the database has none, which means that it was lost.
 * @returns what was found, and what to do; undefined if nothing was lost.
 * @throws ExternalError if a destination cannot be read.
 */
export const lostState = async (app: App): Promise<string | undefined> => {
  const { stores, channels, connected, clock } = app;
  if ((await stores.digests.channels()).length > 0) return undefined;
  await app.connect();
  for (const { name, post } of channels.list())
    for (const written of post) {
      const platform = connected.get(platformOf(written));
      if (!platform) continue;
      const destination = await platform.resolve(written);
      const sent = await platform.sent({ destination, since: clock.realNow() - lookBackMs });
      if (sent.length > 0)
        return `The database has no digest, but ${name} has posted to ${written} in the last 14 days. Nothing was posted now. Restore the database, or run without --unless-posted to start with an empty one.`;
    }
  return undefined;
};
