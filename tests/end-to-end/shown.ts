import { expect } from 'vitest';
import { shownText } from '../chat/slack/shown.ts';
import type { LocalSlack, ShownMessage } from '../fakes/local-slack.ts';
import { slackMessageSchema } from '../fakes/slack-limits.ts';

/** Every header in the Slack channel with the paper ids in its thread, in order. */
export const digestsIn = async (
  slack: LocalSlack,
  channel?: string,
): Promise<{ header: ShownMessage; text: string; ids: string[] }[]> => {
  const all = (await slack.messages(channel)).filter(({ subtype }) => subtype !== 'ephemeral');
  return all
    .filter(({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts)
    .map((header) => ({
      header,
      text: shownText(header.blocks),
      ids: all.filter(({ thread_ts, ts }) => thread_ts === header.ts && ts !== header.ts).map(idOf),
    }));
};

/** The first bare paper id above the buttons. */
const idOf = ({ blocks }: ShownMessage): string =>
  /\d{4}\.\d{5}/.exec(shownText(blocks.filter(({ type }) => type !== 'actions')))?.[0] ?? '';

/** Expects every message of the bot to be within Slack's limits and unable to ping, format or unfurl. */
export const expectHarmless = async (slack: LocalSlack): Promise<void> => {
  const people: readonly string[] = Object.values(slack.people);
  const messages = (await slack.messages()).filter(({ user = '' }) => !people.includes(user));
  expect(messages.length).toBeGreaterThan(0);
  for (const message of messages) slackMessageSchema.parse(message);
};
