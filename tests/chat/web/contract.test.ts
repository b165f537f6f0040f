import { type HTMLElement, parse } from 'node-html-parser';
import { web as webDescriptor } from '../../../src/chat/web/descriptor.ts';
import type { MessageRef } from '../../../src/core/addresses.ts';
import type { Reaction } from '../../../src/core/platform.ts';
import { commandsContract } from '../../contracts/commands.ts';
import { platformContract } from '../../contracts/platform.ts';
import type { Browser } from '../../fakes/browser.ts';
import { createWeb, destination, startWeb } from '../../fakes/web.ts';

/** What a reader sees of a message; a formula by the TeX that it has for screen readers. */
const visibleText = (message: HTMLElement): string => {
  for (const formula of message.querySelectorAll('.katex')) {
    const source = formula.querySelector('annotation')?.text ?? '';
    formula.replaceWith(parse(`<span>$${source.replaceAll('<', '&lt;')}$</span>`));
  }
  const form = message.querySelector('form.fill');
  if (form) return [form.text, ...Object.values(valuesOf(form))].join('\n');
  return message
    .querySelectorAll('p, table, details, .buttons button')
    .map((line) => line.text)
    .join('\n');
};

/** The values of a form, as a browser would send them. */
const valuesOf = (form: HTMLElement): Record<string, string> => {
  const fields = form.querySelectorAll('input, textarea, select').map((field): [string, string] => {
    const chosen = field.querySelector('option[selected]')?.getAttribute('value');
    // A browser drops the first line end of a text area.
    const text = field.tagName === 'TEXTAREA' ? decoded(field.rawText).replace(/^\n/, '') : undefined;
    return [field.getAttribute('name') ?? '', chosen ?? text ?? field.getAttribute('value') ?? ''];
  });
  return Object.fromEntries(fields);
};

const decoded = (text: string): string => parse(`<p>${text}</p>`).text;

const answered = async (answer: Response): Promise<HTMLElement> => {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
  return parse(await answer.text());
};

/** The browser of a reaction's person; none for the bot. */
const browserOf = (browsers: readonly Browser[], { person }: Reaction): Browser | undefined =>
  browsers.find((browser) => browser.person() === person);

const setup = async () => {
  const web = await startWeb();
  const browsers = [await web.visitor(), await web.visitor()] as const;
  const [first, second] = browsers;
  const page = async () => answered(await first.get('foundations/'));

  /** The last answer as it is shown now. */
  let last = parse('');
  const repliesOf = (exchange: HTMLElement) => exchange.querySelectorAll('.reply').map(visibleText);

  /** Sends what the page's script sends, and replaces each part of the answer by the next. */
  const ask = async (fields: Record<string, string>): Promise<string[]> => {
    const answer = await first.post('foundations/commands', fields, { accept: 'text/html-fragment' });
    if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
    let text = '';
    for await (const chunk of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const parts = (text + chunk).split('\0');
      text = parts.pop() ?? '';
      last = parse(parts.filter((one) => one !== '').at(-1) ?? String(last));
    }
    last = parse(text);
    return repliesOf(last);
  };
  return {
    platform: web.platform,
    descriptor: webDescriptor,
    destination,
    elsewhere: { otherTenant: 'slack:T1:C1', missing: 'web:nowhere' },
    people: [first.person() ?? '', second.person() ?? ''] as const,
    type: (text: string) => ask({ text }),
    answer: async () => repliesOf(last),
    async press(label: string) {
      const button = last.querySelectorAll('.buttons button').find(({ text }) => text === label);
      return ask({ text: button?.getAttribute('value') ?? '' });
    },
    async fill(values: Record<string, string>) {
      const form = last.querySelector('form.fill');
      const named = Object.entries(values).map(([name, value]) => [`field.${name}`, value.replaceAll('\n', '\r\n')]);
      return ask({ ...(form && valuesOf(form)), ...Object.fromEntries(named) });
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
    // The page drops direction marks and shows a TeX command as its character.
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
commandsContract('The web page', setup);
