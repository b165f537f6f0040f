import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownText } from '../chat/slack/shown.ts';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { type LocalSlack, localSlackAvailable, startLocalSlack } from '../fakes/local-slack.ts';
import { patienceMs } from '../fakes/patience.ts';
import { date, day, paperOf, picked, verdictOf } from './day.ts';
import { configOf, createHome, type Home, type Running, stop, toArxiv, toSlack, waitForOutput } from './harness.ts';
import { type Model, startModel } from './model.ts';
import { digestsIn, expectHarmless } from './shown.ts';
import { createPerson } from './slack-person.ts';

describe.skipIf(!localSlackAvailable())('the bot in Socket Mode', () => {
  let arxiv: FakeArxiv;
  let slack: LocalSlack;
  let model: Model;
  let home: Home;
  let bot: Running;

  beforeAll(async () => {
    arxiv = await startFakeArxiv({ days: { [date]: day } });
    slack = await startLocalSlack();
    model = await startModel(verdictOf);
    home = await createHome({
      config: configOf({ post: [`slack:${slack.channels.general}`, 'web'] }),
      env: { ...toArxiv(arxiv), ...toSlack(slack), ...model.env, PAPERBOY_HTTP: '127.0.0.1:0' },
    });
    bot = home.start(['start']);
    await waitForOutput(bot, /listening on Slack/);
    await waitForOutput(bot, /"status":"posted"/);
  });
  afterAll(async () => {
    await home.close();
    await model.close();
    await slack.close();
    await arxiv.close();
  });

  const answersTo = async (user: string) =>
    (await slack.messages()).filter(({ subtype, ephemeral_to }) => subtype === 'ephemeral' && ephemeral_to === user);

  /** Types a command and waits for the private answer. */
  const ask = async (text: string, user: string = slack.people.alice): Promise<string> => {
    const before = (await answersTo(user)).length;
    const since = performance.now();
    await slack.command(text, { user });
    for (;;) {
      const answer = (await answersTo(user))[before];
      const ms = performance.now() - since;
      if (ms > patienceMs) throw new Error(`no answer to "${text}" within ${patienceMs} ms`);
      if (answer) return shownText(answer.blocks);
      await delay(20);
    }
  };

  /** The timestamp of a paper's message. */
  const messageOf = async (id: string): Promise<string> => {
    const [digest] = await digestsIn(slack);
    const at = digest?.ids.indexOf(id) ?? -1;
    const ts = (await slack.thread(digest?.header.ts ?? ''))[at + 1]?.ts;
    if (at < 0 || !ts) throw new Error(`${id} is not in the thread`);
    return ts;
  };

  /** Waits until a paper's line in `top` matches. */
  const untilTopShows = (id: string, pattern: RegExp) =>
    expect
      .poll(async () => (await ask('top 50')).split(/(?=\n)|(?<=\d{4}\.\d{5})/).find((line) => line.includes(id)), {
        interval: 100,
      })
      .toMatch(pattern);

  it('posts the day at once if there is no digest yet, and shows it on the web page', async () => {
    expect(await digestsIn(slack)).toMatchObject([{ ids: picked }]);
    const [, url = ''] = await waitForOutput(bot, /"url":"(http:[^"]+)"/);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain('Tuesday, 8 July 2025');
    for (const id of picked) expect(html).toContain(`https://arxiv.org/abs/${id}`);
    expect(html).toContain('&lt;!channel&gt;');
    expect(html).not.toMatch(/<!channel>|<!everyone>|evil\.example"/);
  });

  it('answers /arxiv top and /arxiv help privately', async () => {
    const top = await ask('top 5');
    const ids = [...top.matchAll(/\d{4}\.\d{5}/g)].map(([id]) => id);
    expect(ids).toEqual(picked.slice(0, 5));
    expect(await ask('help')).toMatch(/\/arxiv top[\s\S]*\/arxiv help/);
    expect(await ask('', slack.people.bob)).toMatch(/\/arxiv top/);
    await expectHarmless(slack);
  });

  it('shows an abstract in a modal, and other actions in a menu', async () => {
    const id = picked[3] ?? '';
    const message = (await slack.thread((await digestsIn(slack))[0]?.header.ts ?? ''))[4];
    if (!message) throw new Error(`${id} is not in the thread`);
    const bob = createPerson(slack, { user: slack.people.bob });
    await bob.click(message, 'Abstract');
    await expect.poll(async () => (await slack.view())?.title.text).toBe('Abstract');
    expect(shownText((await slack.view())?.blocks)).toContain(paperOf(id).abstract);
    expect((await bob.press(message, 'BibTeX')).text).toContain(`eprint = {${id}}`);
  });

  it.each([
    ['tpo 5', 'There is no command "tpo". Did you mean /arxiv top? /arxiv help lists all commands.'],
    ['top 500', '500 is out of range; write a whole number from 1 to 50.'],
    ['top 2025-02-30', '"2025-02-30" is not a date; write it as year-month-day, such as 2025-07-08.'],
    ['stats <!channel>', '"<!channel>" is not an option here. Try /arxiv stats or /arxiv stats 90.'],
    ['top 2024-01-05', 'There is no digest for 2024-01-05. Type /arxiv top 5 2025-07-08 for the newest one.'],
  ])('answers "%s" with what to type instead', async (text, sentence) => {
    expect(await ask(text)).toContain(sentence);
  });

  it('counts one vote per person in any skin tone until it is removed, and never its own', async () => {
    const [first = '', second = ''] = picked;
    const { alice, bob } = slack.people;
    const message = await messageOf(second);
    await slack.react(message, '+1::skin-tone-4', { user: alice });
    await slack.react(message, 'thumbsup', { user: alice });
    await slack.react(message, '-1::skin-tone-2', { user: bob });
    await slack.react(message, '+1', { user: slack.bot });
    await slack.react(await messageOf(first), '+1', { user: slack.bot });
    await untilTopShows(second, /👍 1 {2}👎 1 /);
    expect(await ask('top 1')).not.toMatch(/👍|👎/);

    await slack.unreact(message, '+1::skin-tone-4', { user: alice });
    await slack.unreact(message, 'thumbsup', { user: alice });
    await untilTopShows(second, /^(?!.*👍).*👎 1 /s);
    await slack.unreact(message, '-1::skin-tone-2', { user: bob });
    await untilTopShows(second, /^(?!.*(👍|👎))/s);
  });

  it('exits with 0 after SIGTERM, and counts votes cast while it was off after a restart', async () => {
    const [, , third = '', fourth = ''] = picked;
    await slack.react(await messageOf(fourth), '+1', { user: slack.people.bob });
    await untilTopShows(fourth, /👍 1 /);

    const ended = await stop(bot);
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.stderr).not.toMatch(/"level":"error"/);

    await slack.react(await messageOf(third), '-1::skin-tone-6', { user: slack.people.alice });
    await slack.unreact(await messageOf(fourth), '+1', { user: slack.people.bob });
    bot = home.start(['start', '--now']);
    await waitForOutput(bot, /listening on Slack/);
    await waitForOutput(bot, /"status":"nothing-new"/);
    await untilTopShows(third, /👎 1 /);
    await untilTopShows(fourth, /^(?!.*(👍|👎))/s);
    // The first paper has only the bot's own reaction.
    expect(await ask('top 1')).not.toMatch(/👍|👎/);
    expect(await digestsIn(slack)).toMatchObject([{ ids: picked }]);
    expect((await stop(bot)).code).toBe(0);
  });
});
