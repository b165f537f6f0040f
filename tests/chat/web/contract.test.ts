import { type HTMLElement, parse } from 'node-html-parser';
import type { MessageRef } from '../../../src/core/address.ts';
import type { Reaction } from '../../../src/core/platform.ts';
import { platformContract } from '../../contracts/platform.ts';
import type { Browser } from '../../fakes/browser.ts';
import { createWeb, place, startWeb } from '../../fakes/web.ts';

/** What a reader sees of a message: a formula, which is drawn, by the source that it keeps for those who hear it. */
const visibleText = (message: HTMLElement): string => {
  for (const formula of message.querySelectorAll('.katex')) {
    const source = formula.querySelector('annotation')?.text ?? '';
    formula.replaceWith(parse(`<span>$${source.replaceAll('<', '&lt;')}$</span>`));
  }
  return message
    .querySelectorAll('p')
    .map((line) => line.text)
    .join('\n');
};

const answered = async (answer: Response): Promise<HTMLElement> => {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
  return parse(await answer.text());
};

/** Whose cookie it is; nobody has the bot's. */
const browserOf = (browsers: readonly Browser[], { person }: Reaction): Browser | undefined =>
  browsers.find((browser) => browser.person() === person);

const setup = async () => {
  const web = await startWeb();
  const browsers = [await web.visitor(), await web.visitor()] as const;
  const [first, second] = browsers;
  const page = async () => answered(await first.get('foundations/'));
  return {
    platform: web.platform,
    destination: place,
    elsewhere: { otherTenant: 'slack:T1:C1', missing: 'web:nowhere' },
    people: [first.person() ?? '', second.person() ?? ''] as const,
    async type(text: string) {
      const reply = await first.post('foundations/commands', { text }, { accept: 'text/html-fragment' });
      return (await answered(reply)).querySelectorAll('.reply').map(visibleText);
    },
    async shown(thread?: MessageRef) {
      const shown = await page();
      if (!thread) return shown.querySelectorAll('.post > .message').map(visibleText);
      const post = shown.getElementById(`message-${thread.messageId}`)?.parentNode;
      return post?.querySelectorAll('.message').map(visibleText) ?? [];
    },
    reactions: {
      up: '👍',
      down: '👎',
      bot: 'web:local:bot',
      async set(reaction: Reaction, present: boolean) {
        const vote = reaction.emoji === '👍' ? 'up' : 'down';
        const fields = { message: reaction.message.messageId, vote: present ? vote : 'none' };
        const answer = await browserOf(browsers, reaction)?.post('foundations/reactions', fields);
        if (answer && answer.status !== 303) throw new Error(`${answer.status}: ${await answer.text()}`);
      },
    },
    // The page shows no character that turns the direction, and a command of TeX as its sign.
    visible: (text: string) => text.replace('\u202e', '').replace('\\alpha', 'α'),
    async restart() {
      const { platform } = createWeb({ stores: web.stores });
      await platform.connect();
      return platform;
    },
    async close() {
      await web.platform.close();
      await web.close();
    },
  };
};

platformContract('The web page', setup);
