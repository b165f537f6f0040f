import { afterEach, beforeEach, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { renderAnswer } from '../../src/chat/kit/text.ts';
import { listedCommands } from '../../src/core/command.ts';
import { createCommandBot } from '../fakes/command-bot.ts';

const [here, direct, elsewhere] = ['slack:T1:C1', 'slack:T1:D7', 'discord:999999999999999999:888888888888888888'];
const admin = 'slack:T1:UADMIN';

let bot: Awaited<ReturnType<typeof createCommandBot>>;
beforeEach(async () => {
  bot = await createCommandBot({ admins: [admin], isHere: (destination) => destination === here });
});
afterEach(() => bot.close());

const ask = async (text: string, destination: string, person: string): Promise<string> =>
  renderAnswer(await bot.handlers.command({ text, person, destination }));

/** Every command with its examples, also those that only buttons send. */
const texts = listedCommands(commands).flatMap(({ path, command }) => [path, ...command.examples]);

/** What only the members of the channel may know: its name, scores, votes, costs, schedule and categories. */
const privateWords =
  /foundations|\b\d+ \+ \d+\b|Comment on|👍 ?[1-9]|Budget|posted 24|gpt-test|relevance \d|Next run|reads cs\./;

it.each([
  ['a direct message', direct, 'slack:T1:U5'],
  ['another server', elsewhere, 'discord:999999999999999999:777777777777777777'],
])('gives nothing of a channel to %s', async (_, destination, person) => {
  for (const text of texts) {
    const shown = await ask(text, destination, person);
    expect(shown, text).not.toMatch(privateWords);
  }
});

it('gives it to the members of the channel', async () => {
  const shown = await Promise.all(texts.map((text) => ask(text, here, 'slack:T1:U5')));
  for (const word of privateWords.source.split('|')) expect(shown.join('\n'), word).toMatch(new RegExp(word));
});

it('lets an admin use the only channel from a direct message', async () => {
  expect(await ask('status', direct, admin)).toContain('foundations');
  expect(await ask('status', direct, 'slack:T9:UADMIN')).not.toContain('foundations');
});
