import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/core/clock.ts';
import { type Answer, type Form, type Message, textMessage } from '../../../src/core/message.ts';
import type { CommandRequest } from '../../../src/core/platform.ts';
import { startDiscordServer } from '../../fakes/discord-server.ts';
import { createRecordingClock, listenOn, open } from './connect.ts';
import { inputs } from './inputs.ts';
import { shownMessage, shownModal, shownText } from './shown.ts';

const start = async () => {
  const server = await startDiscordServer();
  open.push(server);
  return server;
};

const form: Form = {
  title: 'Topics of foundations',
  intro: 'What *we* read.',
  fields: [
    { name: 'topics', label: 'Topics', kind: 'text', value: '# Sorting', hint: 'One a line', required: true },
    { name: 'from', label: 'Relevance from', kind: 'number', hint: '1 to 10', required: false },
    {
      ...{ name: 'kind', label: 'Which', kind: 'choice', value: 'cross', required: false },
      options: [
        { label: 'New', value: 'new' },
        { label: 'Cross-lists', value: 'cross' },
      ],
    },
  ],
  submit: { label: 'Save', command: 'topics save' },
};

const offering: Message = {
  summary: 'A paper',
  blocks: [
    { type: 'paragraph', content: ['A paper'] },
    { type: 'buttons', buttons: [{ label: 'More', command: 'similar 2503.07639' }] },
  ],
};

const answering = async (command: (request: CommandRequest) => Promise<Answer>, clock?: Clock) => {
  const server = await start();
  const requests: CommandRequest[] = [];
  const handle = (request: CommandRequest) => {
    requests.push(request);
    return command(request);
  };
  const bot = await listenOn(server, { command: handle }, clock);
  return { server, requests, ...bot };
};

describe('an answer on Discord', () => {
  it('is the first and only response if it comes soon', async () => {
    const { server } = await answering(async () => offering);
    const { messages } = server.command(inputs('show'));
    await expect.poll(() => messages.map(shownMessage)).toEqual(['A paper\nMore']);
    expect(server.calls.filter(({ path }) => /^\/(interactions|webhooks)/.test(path))).toHaveLength(1);
  });

  it('is public only if it says so, in all its messages', async () => {
    const items = Array.from({ length: 80 }, (_, index) => [`${index} ${'word '.repeat(30)}`]);
    const long: Message = { summary: 'Long', blocks: [{ type: 'list', ordered: true, items }] };
    const { server } = await answering(async ({ command }) => ({ ...long, isPublic: command === 'top' }));
    const [open, own] = [server.command(inputs('top')), server.command(inputs('help'))];
    await expect.poll(() => own.messages.length > 1 && open.messages.length === own.messages.length).toBe(true);
    expect(new Set(open.messages.map(({ isEphemeral }) => isEphemeral))).toEqual(new Set([false]));
    expect(new Set(own.messages.map(({ isEphemeral }) => isEphemeral))).toEqual(new Set([true]));
  });

  it('follows the private deferral if it is public', async () => {
    const { server } = await answering(async ({ progress }) => {
      await progress?.(textMessage('Working'));
      return { ...textMessage('Done'), isPublic: true };
    });
    const interaction = server.command(inputs('digest'));
    await expect.poll(() => interaction.answers.length).toBe(2);
    expect(interaction.messages).toMatchObject([{ isEphemeral: true }, { isEphemeral: false }]);
    expect(interaction.answers.map(shownText)).toEqual(['Here is the answer, visible to everybody.', 'Done']);
  });

  it('attaches its files under plain names', async () => {
    const files = [{ name: 'my list.bib', mediaType: 'application/x-bibtex', text: '@article{a}\n' }];
    const { server } = await answering(async () => ({ ...textMessage('3 papers'), files }));
    const interaction = server.command(inputs('saved'));
    await expect.poll(() => interaction.messages.map((one) => one.files)).toEqual([['my-list.bib']]);
    const [call] = server.called('POST', /callback$/);
    expect(call?.files).toEqual({ 'my-list.bib': '@article{a}\n' });
  });
});

describe('progress on Discord', () => {
  it('shows the newest at most once a second, and the answer replaces it', async () => {
    const clock = createRecordingClock();
    const worked = Promise.withResolvers<void>();
    const { server } = await answering(async ({ progress }) => {
      for (const count of [1, 2, 3]) await progress?.(textMessage(`${count} of 9`));
      await worked.promise;
      return textMessage('All 9');
    }, clock);
    const interaction = server.command(inputs('rescore'));
    await expect.poll(() => interaction.answers.map(shownText)).toEqual(['3 of 9']);
    worked.resolve();
    await expect.poll(() => interaction.answers.map(shownText)).toEqual(['All 9']);
    const shown = server.called('PATCH', /@original$/).map(({ body }) => shownText(body.embeds as []));
    expect(shown).toEqual(['1 of 9', '3 of 9', 'All 9']);
    expect(clock.slept).toContain(1_000);
  });

  it('does not delay the answer if it cannot be shown', async () => {
    const server = await startDiscordServer(({ method, path }, nth) =>
      method === 'PATCH' && path.endsWith('@original') && nth === 1 ? { status: 500, body: 'no' } : undefined,
    );
    open.push(server);
    const { warnings } = await listenOn(server, {
      async command({ progress }) {
        await progress?.(textMessage('Working'));
        return textMessage('Done');
      },
    });
    const interaction = server.command(inputs('rescore'));
    await expect.poll(() => interaction.answers.map(shownText)).toEqual(['Done']);
    expect(warnings()).toMatchObject([{ message: 'no progress shown on Discord' }]);
  });
});

describe('a button on Discord', () => {
  it('runs its command for the person who presses it, and answers only that person', async () => {
    const { server, requests } = await answering(async () => offering);
    const { people, guild, general } = server.state;
    const first = server.command(inputs('show'));
    await expect.poll(() => first.messages.length).toBe(1);
    const pressed = server.press(first.messages, 'More', { user: people.bob });
    await expect.poll(() => pressed.messages.length).toBe(1);
    expect(pressed.isEphemeral).toBe(true);
    expect(requests[1]).toMatchObject({
      ...{ text: 'similar 2503.07639', person: `discord:${guild.id}:${people.bob}` },
      destination: `discord:${guild.id}:${general}`,
    });
    expect(requests[1]?.fields).toBeUndefined();
    server.press(pressed.messages, 'More');
    await expect.poll(() => requests.length).toBe(3);
  });

  it("is ignored if it is not Paperboy's", async () => {
    const { server, requests } = await answering(async () => offering);
    const row = { type: 1 as const, components: [{ type: 2 as const, style: 2 as const, label: 'X', custom_id: 'x' }] };
    const other = server.press([{ components: [row] }], 'X');
    const ours = server.command(inputs('show'));
    await expect.poll(() => ours.messages.length).toBe(1);
    expect(requests).toHaveLength(1);
    expect(other.isAcknowledged).toBe(false);
  });
});

describe('a form on Discord', () => {
  it('opens at once, and sends its values with its command', async () => {
    const { server, requests } = await answering(async ({ command }) =>
      command === 'topics' ? { form } : textMessage('Saved'),
    );
    const opening = server.command(inputs('topics'));
    await expect
      .poll(() => opening.modal && shownModal(opening.modal))
      .toEqual([
        ...[
          'Topics of foundations',
          'What *we* read.',
          'Topics',
          '# Sorting',
          'Relevance from',
          '',
          'Which',
          'Cross-lists',
        ],
      ]);
    const sent = server.fill(opening.modal ?? never(), { topics: '# Searching\nin "trees"', kind: 'new' });
    await expect.poll(() => sent.answers.map(shownText)).toEqual(['Saved']);
    expect(sent.isEphemeral).toBe(true);
    expect(requests[1]).toMatchObject({
      text: 'topics save',
      fields: { topics: '# Searching\nin "trees"', from: '', kind: 'new' },
    });
  });

  it('is replaced by a button if it comes too late', async () => {
    let isSlow = true;
    const { server, requests } = await answering(async ({ progress }) => {
      if (isSlow) await progress?.(textMessage('Looking'));
      return { form };
    });
    const late = server.command(inputs('topics'));
    await expect.poll(() => late.messages.at(-1)?.components.length).toBe(1);
    expect(shownMessage(late.messages[0] ?? never())).toMatch(/Topics of foundations[\s\S]*\nOpen form$/);
    isSlow = false;
    const pressed = server.press(late.messages, 'Open form');
    await expect.poll(() => pressed.modal?.title).toBe('Topics of foundations');
    expect(requests[1]?.text).toBe('topics');
  });

  it('is replaced by a button if it answers a form', async () => {
    const { server } = await answering(async () => ({ form }));
    const opening = server.command(inputs('topics'));
    await expect.poll(() => opening.modal).toBeDefined();
    const sent = server.fill(opening.modal ?? never(), {});
    await expect.poll(() => sent.messages.map(shownMessage).join()).toMatch(/Open form$/);
  });

  it("stays within Discord's limits at any length", async () => {
    const options = Array.from({ length: 30 }, (_, index) => ({ label: 'l'.repeat(150), value: `${index}` }));
    const fields = Array.from({ length: 5 }, (_, index): Form['fields'][number] => ({
      ...{ name: `f${index}`, label: 'l'.repeat(80), kind: index > 2 ? 'choice' : 'text', required: index % 2 === 0 },
      ...{ value: 'v'.repeat(5000), hint: 'h'.repeat(200), options },
    }));
    const command = `topics ${'x'.repeat(83)}`;
    const much: Form = { title: 't'.repeat(60), intro: 'i', fields, submit: { label: 'Go', command } };
    const { server } = await answering(async () => ({ form: much }));
    const opening = server.command(inputs('topics'));
    await expect.poll(() => opening.modal?.components.length).toBe(5);
  });
});

describe('the menu of a message on Discord', () => {
  it.each([
    ['Show in Paperboy', 'show 2503.07639'],
    ['Similar papers', 'similar 2503.07639'],
    ['More like this', 'similar 2503.07639'],
    ['Save to my list', 'save 2503.07639'],
  ])('has %s, which runs "%s"', async (name, text) => {
    const server = await start();
    const requests: object[] = [];
    const { platform } = await listenOn(server, {
      async paperOf(message) {
        requests.push(message);
        return '2503.07639';
      },
    });
    const destination = `discord:${server.state.guild.id}:${server.state.general}`;
    const thread = await platform.send({ destination, message: textMessage('Day'), key: 'k-0' });
    const paper = await platform.send({ destination, thread, message: textMessage('Paper'), key: 'k-1' });
    const chosen = server.choose(name, paper.messageId, { channel: thread.messageId });
    await expect.poll(() => chosen.answers.map(shownText)).toEqual([`You typed ${text}.`]);
    expect(chosen.isEphemeral).toBe(true);
    expect(requests).toEqual([paper]);
  });

  it('says what to choose if a message is not about a paper', async () => {
    const server = await start();
    await listenOn(server);
    const chosen = server.choose('Similar papers', '1');
    await expect
      .poll(() => chosen.answers.map(shownText).join())
      .toMatch(/not about a paper\. Choose .* thread of a digest\.$/);
  });
});

const never = (): never => {
  throw new Error('nothing was opened');
};
