import { parse } from 'node-html-parser';
import { expect } from 'vitest';
import { modalOf as discordModal } from '../../src/chat/discord/forms.ts';
import { renderAnswer as discordAnswer } from '../../src/chat/discord/render.ts';
import { renderAnswer as consoleAnswer } from '../../src/chat/kit/text.ts';
import { modalOf as slackModal } from '../../src/chat/slack/forms.ts';
import { answerLimit, renderNews, renderAnswer as slackAnswer } from '../../src/chat/slack/render.ts';
import { carriedBy } from '../../src/chat/slack/request.ts';
import { type Answer, isForm, type Message } from '../../src/core/message.ts';
import { answerHtml } from '../../src/pages/message.ts';
import { discordAnswerSchema, discordModalSchema } from '../fakes/discord-limits.ts';
import { slackMessageSchema, slackModalSchema } from '../fakes/slack-limits.ts';

const origin = {
  ...{ person: 'slack:T1:U1', destination: 'slack:T1:C1', user: 'U1', channel: 'C1', thread: '1751979600.000100' },
  response: { url: `https://hooks.slack.com/commands/T1/${'1'.repeat(80)}`, at: 1, replaces: true },
};

/** Checks for half characters, which JSON carries but a platform refuses with the whole message. */
const expectSound = (sent: unknown): void => {
  expect(JSON.stringify(sent)).not.toMatch(/\\ud[89a-f][0-9a-f]{2}/i);
};

const onSlack = (answer: Answer): void => {
  if (isForm(answer)) {
    const view = slackModal(answer.form, carriedBy(answer.form.submit.command, origin), 'nonce');
    expectSound(slackModalSchema.parse(view));
    return;
  }
  const messages = [...slackAnswer(answer), renderNews(answer)];
  expect(messages.length).toBeGreaterThan(1);
  expect(messages.length).toBeLessThanOrEqual(answerLimit + 1);
  for (const message of messages) expectSound(slackMessageSchema.parse(message));
};

const onDiscord = (answer: Answer): void => {
  if (isForm(answer)) {
    expectSound(discordModalSchema.parse(discordModal(answer.form)));
    return;
  }
  const messages = discordAnswer(answer);
  expect(messages.length).toBeLessThanOrEqual(5);
  for (const message of messages)
    expectSound(discordAnswerSchema.parse({ ...message, allowed_mentions: { parse: [] }, flags: 64 }));
};

const active = 'script, style, iframe, object, embed, img, base, meta, link, [onclick], [onerror], [onload]';

const onTheWeb = (answer: Answer): void => {
  const html = String(answerHtml(answer, { address: 'commands', page: '2025-07-08.html' }));
  expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  const root = parse(html);
  expect(root.text.trim()).not.toBe('');
  expect(root.querySelectorAll(active)).toEqual([]);
  const addresses = root.querySelectorAll('[href]').map((link) => link.getAttribute('href') ?? '');
  expect(addresses.filter((address) => !/^https?:\/\//.test(address))).toEqual([]);
};

const onTheConsole = (answer: Answer): void => {
  const text = consoleAnswer(answer);
  expect(text.trim()).not.toBe('');
  expect(text).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
};

/** Checks that every platform accepts and shows an answer. */
export const expectRendered = (answer: Answer): void => {
  onSlack(answer);
  onDiscord(answer);
  onTheWeb(answer);
  onTheConsole(answer);
};

/** Checks the same for the progress of a command. */
export const expectProgress = (message: Message): void => {
  expectSound(slackMessageSchema.parse(renderNews(message)));
  expectRendered(message);
};
