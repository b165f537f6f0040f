import { afterEach } from 'vitest';
import { createSlackPlatform } from '../../../src/chat/slack/index.ts';
import { type Clock, createClock } from '../../../src/core/clock.ts';
import type { Logger } from '../../../src/core/logger.ts';
import { Secret } from '../../../src/core/secret.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { startSlackApi } from '../../fakes/slack-api.ts';

/** Closed after each test. */
export const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A platform connected to a Web API with the given answers. */
export const connect = async (
  answer: Parameters<typeof startSlackApi>[0],
  {
    logger = quietLogger,
    appToken = '',
    signingSecret = '',
    clock = createClock(),
  }: { logger?: Logger; appToken?: string; signingSecret?: string; clock?: Clock | undefined } = {},
) => {
  const api = await startSlackApi(answer);
  const platform = createSlackPlatform({
    botToken: new Secret('xoxb-1'),
    appToken: appToken ? new Secret(appToken) : undefined,
    signingSecret: signingSecret ? new Secret(signingSecret) : undefined,
    apiUrl: api.apiUrl,
    clock,
    logger,
  });
  open.push(platform, api);
  await platform.connect();
  const calls = (method: string) => api.calls.filter((call) => call.method === method);
  return { api, platform, calls };
};
export const destination = 'slack:T01:C01';
