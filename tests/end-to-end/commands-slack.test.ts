import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownText } from '../chat/slack/shown.ts';
import { signed } from '../chat/slack/signed.ts';
import { type LocalSlack, localSlackAvailable, startLocalSlack } from '../fakes/local-slack.ts';
import { type CommandsDay, edited, lowered, passing, startCommandsDay } from './commands-day.ts';
import { date, day, picked } from './day.ts';
import { closedAddress, type Running, reportOf, stop, toSlack, waitForOutput } from './harness.ts';
import { digestsIn, expectHarmless } from './shown.ts';
import { createPerson } from './slack-person.ts';

describe.skipIf(!localSlackAvailable())('the commands in Slack', () => {
  let slack: LocalSlack;
  let world: CommandsDay;
  let bot: Running;
  let alice: ReturnType<typeof createPerson>;
  let bob: ReturnType<typeof createPerson>;
  /** The same two people in the other channel. */
  let aliceThere: ReturnType<typeof createPerson>;
  let bobThere: ReturnType<typeof createPerson>;

  beforeAll(async () => {
    slack = await startLocalSlack();
    const { people, channels } = slack;
    const target = { post: `slack:${channels.general}`, admin: `slack:${people.alice}` };
    world = await startCommandsDay(target, toSlack(slack));
    alice = createPerson(slack);
    bob = createPerson(slack, { user: people.bob });
    aliceThere = createPerson(slack, { channel: channels.papers });
    bobThere = createPerson(slack, { user: people.bob, channel: channels.papers });
    bot = world.home.start(['start']);
    await waitForOutput(bot, /listening on Slack/);
    await waitForOutput(bot, /"status":"posted"/);
  });
  afterAll(async () => {
    await world.close();
    await slack.close();
  });

  /** The posted message of a paper. */
  const posted = async (id: string) => {
    const [digest] = await digestsIn(slack);
    const thread = await slack.thread(digest?.header.ts ?? '');
    const message = thread[(digest?.ids.indexOf(id) ?? -1) + 1];
    if (!message || !digest?.ids.includes(id)) throw new Error(`${id} was not posted`);
    return message;
  };
  const refused =
    /^Only (admins|the managers of gears and the admins) may do this\. Ask your Paperboy admin to add slack:T01LOCAL:U02BOB to /;

  it('rescore a day, show progress, and update the posted messages', async () => {
    world.changeMind();
    const release = world.holdModel();
    await alice.ask('rescore', /^Scored 0 of 7 papers …$/);
    const { text, labels } = await alice.meanwhile(release, /^Rescored 7 papers · gears/);
    expect(text).toContain(`9\u00a0+\u00a08 → 5\u00a0+\u00a08  Gears of kind 4 (${lowered})`);
    expect(text).toMatch(/Now below the cutoffs: Gears of kind 4\..*1 posted message updated\. .*\$0\.\d+/);
    expect(labels).toEqual(['Top papers']);
    const message = shownText((await posted(lowered)).blocks);
    expect(message).toMatch(/5\s\+\s8 · Less so\..*Rescored on 8 July: 9\s\+\s8 → 5\s\+\s8/);
    expect((await digestsIn(slack)).map(({ ids }) => ids)).toEqual([picked]);
  });

  it('limit each person to 50 rescored papers a day', async () => {
    const scanned = day.filter(({ replaced }) => !replaced).map(({ id }) => id);
    for (let count = 0; count < 4; count += 1)
      await bob.ask(`rescore ${scanned.join(' ')}`, /^(?:Res|S)cored 12 papers/);
    expect((await bob.ask(`rescore ${scanned.join(' ')}`)).text).toBe(
      'You can rescore 50 papers a day and have 2 left. Name at most 2.',
    );
  });

  it('edit topics in a form after a preview', async () => {
    expect((await bob.ask('topics edit')).text).toMatch(refused);
    expect(await alice.open('topics edit')).toEqual({
      topics1: edited.replace('clocks', 'planetary gear trains'),
      cutoffs: '7 6',
      papersPerDay: '10',
    });
    const check = await alice.send({ topics1: edited, cutoffs: '8 6', papersPerDay: '10' }, /not saved yet/);
    expect(check.before).toEqual(['Previewing Tuesday, 8 July 2025 …']);
    expect(check.text).toContain('− - Relevant: gears, worm drives, planetary gear trains.');
    expect(check.text).toContain('+ - Relevant: gears, worm drives, clocks.');
    expect(check.text).toContain(
      'New limits: relevance 8 and novelty 6 or higher. Now: relevance 7 and novelty 6 or higher.',
    );
    expect(check.text).toMatch(/Preview of Tuesday, 8 July 2025: \d+ of 12 papers picked/);
    expect((await bob.ask('topics show')).text).toContain('The topics are those of the config file.');
    const save = await alice.press(check.message, 'Save');
    expect(save.text).toMatch(
      /^Saved\. From the next run on, gears uses these topics and posts papers with relevance 8/,
    );
    expect((await alice.press(check.message, 'Save')).text).not.toMatch(/^Saved/);
  });

  it('show who edited the topics, undo the edit, and save it again', async () => {
    const shown = (await bob.ask('topics show')).text;
    expect(shown).toContain(
      'relevance 8 and novelty 6 or higher (by the built-in scorer, at most 10 papers a day). Last edited by U01ALICE on Slack (Tue, 8 July 2025, 09:00).',
    );
    expect(shown).toContain('Relevant: gears, worm drives, clocks.');
    expect((await bob.ask('topics undo')).text).toMatch(refused);
    const undone = await alice.ask('topics undo');
    expect(undone.text).toMatch(
      /^Undone: the edit by you .*gears again posts papers with relevance 7 and novelty 6 or higher \(by the built-in scorer, at most 10 papers a day\)\./,
    );
    expect((await bob.ask('topics show')).text).toContain('planetary gear trains');
    expect((await alice.press(undone.message, 'Save again')).text).toMatch(/^Saved again\./);
    const history = (await bob.ask('topics history')).text;
    expect(history).toMatch(/09:00, U01ALICE on Slack: .*\(undone: Tue, 8 July 2025, 09:00, U01ALICE on Slack\)/);
  });

  it('find papers and save them to a reading list', async () => {
    const found = await bob.ask('search mesh');
    expect(found.text).toMatch(/^12 papers found: mesh/);
    // A preview of other topics stores no score.
    expect(found.text).toContain(`${lowered} · 8 July 2025 · 5\u00a0+\u00a08`);
    expect(JSON.stringify(found.message.blocks)).toMatch(/"text":"mesh","style":\{"bold":true\}/);
    expect((await bob.ask(`similar ${lowered}`)).text).toMatch(/^Papers similar to Gears of kind 4.*\d+% similar/);
    expect((await bob.ask(`show ${lowered}`)).text).toMatch(
      /5\s\+\s8 by gpt-4o-mini under other topics on 8 July 2025.*Picked on Tuesday, 8 July 2025 as number 2 of 7/,
    );

    const [, , third = ''] = picked;
    expect((await bob.ask(`save ${third}`)).text).toMatch(/^Saved: Gears of kind 7 .*Your list has 1 paper\.$/);
    const message = await posted(lowered);
    expect((await bob.press(message, 'Similar papers')).text).toMatch(/^Papers similar to Gears of kind 4/);
    expect((await bob.press(message, 'Save')).text).toMatch(/^Saved: Gears of kind 4 .*Your list has 2 papers\.$/);
    expect((await bob.ask('saved as bibtex')).text).toMatch(/@misc\{[\s\S]*eprint = \{2507\.00004\}[\s\S]*@misc\{/);
    expect((await bob.ask(`unsave ${third}`)).text).toMatch(/^Removed from your list: Gears of kind 7/);
    expect((await bob.ask('saved')).text).toMatch(/^Your reading list: 1 paperGears of kind 4/);
    expect((await alice.ask('saved')).text).not.toContain('Gears of kind 4');
  });

  it('vote by button like a reaction, and show the counts in the message', async () => {
    const id = picked[3] ?? '';
    const labelsOf = async () => JSON.stringify((await posted(id)).blocks.at(-1));
    expect((await bob.press(await posted(id), '👍')).text).toMatch(/^👍 counted: .*Press 👍 again to take it back\.$/);
    await expect.poll(labelsOf).toContain('"👍 1"');
    await slack.react((await posted(id)).ts, '+1', { user: slack.people.alice });
    await expect.poll(labelsOf).toContain('"👍 2"');
    expect((await bob.press(await posted(id), '👎')).text).toMatch(/^👎 counted: /);
    await expect.poll(labelsOf).toMatch(/"👍 1".*"👎 1"/);
    expect((await bob.press(await posted(id), '👎 1')).text).toMatch(/^Vote removed: /);
    await expect.poll(labelsOf).toMatch(/"👍 1".*"👎"/);
    expect((await alice.press(await posted(id), 'Save')).text).toMatch(/^Saved: /);
    await expect.poll(labelsOf).toContain('"Save 1"');
  });

  it('answer a mention in its thread', async () => {
    const { thread_ts: thread = '' } = await posted(lowered);
    await slack.say(`<@${slack.bot}> show ${lowered}`, { thread, user: slack.people.bob });
    await expect
      .poll(async () => shownText((await slack.thread(thread)).at(-1)?.blocks))
      .toMatch(/^Gears of kind 4.*Picked on Tuesday/);
  });

  it('follow an author chosen from several of the same name', async () => {
    expect((await bob.ask('follow Ada First')).text).toMatch(refused);
    const choice = await alice.ask('follow Ada First', /^Semantic Scholar lists 2 authors/);
    expect(choice.labels).toEqual([
      'Ada First: h-index 30, 120 papers',
      'Ada B. First: h-index 3, 5 papers',
      'Name only',
    ]);
    await alice.press(choice.message, choice.labels[0] ?? '', /^gears now follows Ada First \(11\)/);
    expect((await bob.ask('following')).text).toMatch(/^gears follows 1 authorAda First \(11\)/);
  });

  it('retract a digest after a confirmation, until somebody remakes it', async () => {
    const question = await alice.ask('retract');
    expect(question.text).toMatch(
      /^This retracts the digest of Tuesday, 8 July 2025 \(7 papers with \d+ votes?, posted to 1 destination\)/,
    );
    expect((await bob.press(question.message, 'Retract')).text).toMatch(refused);
    const taken = await alice.press(question.message, 'Retract', /has been retracted; 8 messages deleted/);
    const ids = async () => (await digestsIn(slack)).flatMap((digest) => digest.ids);
    expect(await ids()).toEqual([]);
    expect(reportOf(await world.home.run(['run', '--json']))).toMatchObject({ status: 'nothing-new', posted: 0 });
    expect((await bob.ask('digest')).text).toMatch(/was retracted by .*\. The channel’s managers and the admins can/);
    expect((await alice.ask(`digest ${date}`)).labels).toEqual(['Remake', 'Newest papers']);
    expect(await ids()).toEqual([]);
    await alice.press(taken.message, 'Remake', /^The digest of .* has been remade; 4 papers sent\.$/);
    expect(await ids()).toEqual(passing(8, 6));
  });

  it('set up another channel, which gets a digest at once', async () => {
    expect((await bobThere.ask('here')).text).toMatch(refused);
    expect(await aliceThere.open('here')).toMatchObject({ name: '', categories: '', timezone: 'America/New_York' });
    const wrong = await aliceThere.send({ name: 'my clocks', categories: 'cs.AI' });
    expect(wrong.text).toMatch(/up to 40 letters.* Your input is kept\.$/);
    expect(await aliceThere.openBy(wrong.message, 'Edit')).toMatchObject({ name: 'my clocks', categories: 'cs.AI' });
    const preview = await aliceThere.send({ name: 'clocks' }, /^clocks, not started yet/);
    expect(preview.text).toMatch(
      /will read cs\.AI and post papers with .* It will post here on weekdays at 09:00.*of 4 papers picked/,
    );
    expect((await aliceThere.press(preview.message, 'Start')).text).toMatch(/^clocks now posts here\./);
    expect((await bobThere.ask('help')).text).toContain('clocks reads cs.AI');
    expect((await bobThere.ask('topics show')).text).toMatch(
      /those that U01ALICE on Slack wrote to set up Paperboy here/,
    );
    expect((await bobThere.ask('status')).text).toMatch(/^clocks: no problems.*Next run: Wed, 9 July 2025, 09:00/);
    const change = await aliceThere.ask('schedule mon,wed 8:30', /^Change when clocks posts\?/);
    expect((await aliceThere.press(change.message, 'Change')).text).toMatch(/on Monday and Wednesday at 08:30/);
    await waitForOutput(bot, /"channel":"clocks","at":"2025-07-09T12:30:00.000Z","msg":"next run"/);
    const run = await world.home.run(['run', '--channel', 'clocks', '--json']);
    expect(reportOf(run)).toMatchObject({ channel: 'clocks', status: 'posted', posted: 3 });
    expect((await digestsIn(slack, slack.channels.papers)).map(({ ids }) => ids.length)).toEqual([3]);
    expect((await bob.ask('status')).text).toMatch(/^gears: /);
    expect((await aliceThere.ask('pause')).text).toMatch(/^clocks is paused/);
    expect((await aliceThere.ask('resume')).text).toMatch(/^clocks is no longer paused/);
    expect((await aliceThere.ask('pause')).text).toMatch(/^clocks is paused/);
  });

  it('keep their effects after a restart, and run from the message menu over HTTP', async () => {
    expect(await stop(bot)).toMatchObject({ code: 0, stderr: expect.not.stringContaining('"level":"error"') });
    const address = await closedAddress();
    const { host } = new URL(address);
    const http = { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: slack.signingSecret, PAPERBOY_HTTP: host };
    const [socket, web] = [world.home.start(['start']), world.home.start(['start'], http)];
    await Promise.all([socket, web].map((one) => waitForOutput(one, /listening on Slack/)));

    expect((await bobThere.ask('status')).text).toMatch(/^clocks: .*paused/);
    expect((await bobThere.ask('schedule 9:00')).text).toMatch(refusedThere);
    expect((await aliceThere.ask('schedule')).text).toMatch(/on Monday and Wednesday at 08:30.*It is paused/);
    expect((await bob.ask('topics show')).text).toContain('gears, worm drives, clocks.');
    expect((await bob.ask('following')).text).toContain('Ada First (11)');

    const [first = ''] = passing(8, 6);
    const digest = (await digestsIn(slack)).at(-1);
    const at = (await slack.thread(digest?.header.ts ?? ''))[1];
    const payload = {
      ...{ type: 'message_action', callback_id: 'paperboy_save', trigger_id: '1.1' },
      ...{ team: { id: slack.team }, user: { id: slack.people.bob }, channel: { id: slack.channels.general } },
      message: { ts: at?.ts, thread_ts: digest?.header.ts },
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const choose = async () =>
      expect((await fetch(`${address}/slack/events`, signed(body, { secret: slack.signingSecret }))).status).toBe(200);
    expect((await bob.meanwhile(choose, /^Saved: /)).text).toContain(`(${first}). Your list has 2 papers.`);

    const question = await aliceThere.ask('here remove');
    expect(question.text).toMatch(/^This removes clocks from here\./);
    expect((await aliceThere.press(question.message, 'Remove')).text).toMatch(/^clocks has been removed\./);
    await Promise.all([socket, web].map((one) => waitForOutput(one, /"channel":"clocks","msg":"channel removed"/)));
    expect((await bobThere.ask('status')).text).toMatch(/^Paperboy is running, but does not post here\./);
    for (const one of [socket, web]) expect((await stop(one)).code).toBe(0);
    await expectHarmless(slack);
  });
  const refusedThere = /^Only the managers of clocks and the admins may do this\./;
});
