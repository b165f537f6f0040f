import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownText } from '../chat/discord/shown.ts';
import { startDiscordTwin } from '../fakes/discord-twin.ts';
import { type CommandsDay, edited, lowered, passing, startCommandsDay } from './commands-day.ts';
import { date, picked } from './day.ts';
import { idIn, toDiscord } from './discord.ts';
import { createPerson } from './discord-person.ts';
import { type Running, reportOf, stop, waitForOutput } from './harness.ts';

describe('the commands on Discord', () => {
  let twin: Awaited<ReturnType<typeof startDiscordTwin>>;
  let world: CommandsDay;
  let bot: Running;
  let alice: ReturnType<typeof createPerson>;
  let bob: ReturnType<typeof createPerson>;
  /** The same two people in the other channel. */
  let aliceThere: ReturnType<typeof createPerson>;
  let bobThere: ReturnType<typeof createPerson>;

  beforeAll(async () => {
    twin = await startDiscordTwin();
    const { people, general, papers } = twin;
    world = await startCommandsDay({ post: `discord:${general}`, admin: `discord:${people.alice}` }, toDiscord(twin));
    alice = createPerson(twin);
    bob = createPerson(twin, { user: people.bob });
    aliceThere = createPerson(twin, { channel: papers });
    bobThere = createPerson(twin, { user: people.bob, channel: papers });
    bot = world.home.start(['start']);
    await waitForOutput(bot, /listening on Discord/);
    await waitForOutput(bot, /"status":"posted"/);
  });
  afterAll(async () => {
    await world.close();
    await twin.close();
  });

  /** Papers of all threads of a channel, in the order of their messages. */
  const idsIn = async (channel: string): Promise<string[]> =>
    (await twin.threads(channel)).flatMap(({ messages }) => messages.slice(1).map(idIn).filter(Boolean));
  const posted = async (id: string) => {
    for (const thread of await twin.threads(twin.general))
      for (const { id: message, embeds } of await twin.messagesIn(thread.id))
        if (idIn(embeds) === id) return { thread: thread.id, message, text: shownText(embeds) };
    throw new Error(`${id} was not posted`);
  };
  const refused =
    /^Only (admins|the managers of gears and the admins) may do this\. Ask your Paperboy admin to add discord:\d+:9\d+2 to /;

  it('rescore a digest, show their progress, and update the posted scores', async () => {
    world.changeMind();
    const release = world.holdModel();
    await alice.ask('rescore', /^Scored 0 of 7 papers …$/);
    release();
    const { text, labels } = await alice.until(/^Rescored 7 papers · gears/);
    expect(text).toContain(`9\u00a0+\u00a08 → 5\u00a0+\u00a08  Gears of kind 4 (${lowered})`);
    expect(text).toMatch(/Now below the cutoffs: Gears of kind 4\.[\s\S]*1 posted message updated\. .*\$0\.\d+/);
    expect(labels).toEqual(['Top papers']);
    expect((await posted(lowered)).text).toMatch(/5\s\+\s8 · Less so\.\n\nRescored on 8 July: 9\s\+\s8 → 5\s\+\s8/);
    expect(await idsIn(twin.general)).toEqual(picked);
  });

  it('change the topics with a form, after a preview', async () => {
    expect((await bob.ask('topics edit')).text).toMatch(refused);
    expect(await alice.open('topics edit')).toEqual({
      topics1: edited.replace('clocks', 'planetary gear trains'),
      cutoffs: '7 6',
      papersPerDay: '10',
    });
    const check = await alice.send({ topics1: edited, cutoffs: '8 6', papersPerDay: '10' }, /not saved yet/);
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
    expect(shown).toMatch(
      /relevance 8 and novelty 6 or higher \(by the built-in scorer, at most 10 papers a day\)\. Last edited by 9\d+1 on Discord \(Tue, 8 July 2025, 09:00\)\./,
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
    expect(history).toMatch(/09:00, 9\d+1 on Discord: .*\(undone: Tue, 8 July 2025, 09:00, 9\d+1 on Discord\)/);
  });

  it('find papers and save them to a reading list, by commands, buttons and the menu of a message', async () => {
    const found = await bob.ask('search mesh');
    expect(found.text).toMatch(/^12 papers found: mesh/);
    // A preview of other topics stores no score.
    expect(found.text).toContain(`${lowered} · 8 July 2025 · 5\u00a0+\u00a08`);
    expect(JSON.stringify((await twin.messageOf(found.message)).embeds)).toContain('The teeth **mesh** as they should');
    expect((await bob.ask(`similar ${lowered}`)).text).toMatch(/^Papers similar to Gears of kind 4[\s\S]*\d+% similar/);
    expect((await bob.ask(`show ${lowered}`)).text).toMatch(
      /5\s\+\s8 by gpt-4o-mini under other topics on 8 July 2025[\s\S]*Picked on Tuesday, 8 July 2025 as number 2 of 7/,
    );

    const [, , third = ''] = picked;
    const { thread, message } = await posted(lowered);
    const bobInThread = createPerson(twin, { user: twin.people.bob, channel: thread });
    expect((await bob.ask(`save ${third}`)).text).toMatch(/^Saved: Gears of kind 7 .*Your list has 1 paper\.$/);
    expect((await bobInThread.press(message, 'Similar papers')).text).toMatch(/^Papers similar to Gears of kind 4/);
    expect((await bobInThread.press(message, 'Save')).text).toMatch(/^Saved: Gears of kind 4 .*has 2 papers\.$/);
    const other = (await posted(picked[4] ?? '')).message;
    expect((await bobInThread.choose(other, 'Save to my list')).text).toMatch(/^Saved: Gears of kind 11 .*3 papers\.$/);
    expect((await bob.ask('saved as bibtex')).text).toMatch(/^Your reading list as BibTeX: 3 papers\./);
    expect((await bob.ask(`unsave ${third}`)).text).toMatch(/^Removed from your list: Gears of kind 7/);
    expect((await bob.ask('saved')).text).toMatch(/^Your reading list: 2 papers\n[\s\S]*Gears of kind 4/);
    expect((await alice.ask('saved')).text).not.toContain('Gears of kind 4');
  });

  it('follow an author chosen among several of the same name', async () => {
    expect((await bob.ask('follow Ada First')).text).toMatch(refused);
    const choice = await alice.ask('follow Ada First', /^Semantic Scholar lists 2 authors/);
    expect(choice.labels).toEqual([
      'Ada First: h-index 30, 120 papers',
      'Ada B. First: h-index 3, 5 papers',
      'Name only',
    ]);
    await alice.press(choice.message, choice.labels[0] ?? '', /^gears now follows Ada First \(11\)/);
    expect((await bob.ask('following')).text).toMatch(/^gears follows 1 author\n[\s\S]*Ada First \(11\)/);
  });

  it('retract a digest after a confirmation, until somebody remakes it', async () => {
    const question = await alice.ask('retract');
    expect(question.text).toMatch(
      /^This retracts the digest of Tuesday, 8 July 2025 \(7 papers with \d+ votes?, posted to 1 destination\)/,
    );
    expect((await bob.press(question.message, 'Retract')).text).toMatch(refused);
    const taken = await alice.press(question.message, 'Retract', /has been retracted; 8 messages deleted/);
    expect(await twin.messagesIn(twin.general)).toEqual([]);
    expect(await idsIn(twin.general)).toEqual([]);
    expect(reportOf(await world.home.run(['run', '--json']))).toMatchObject({ status: 'nothing-new', posted: 0 });
    expect((await bob.ask('digest')).text).toMatch(/was retracted by .*\. The channel’s managers and the admins can/);
    expect((await alice.ask(`digest ${date}`)).labels).toEqual(['Remake', 'Newest papers']);
    expect(await idsIn(twin.general)).toEqual([]);
    await alice.press(taken.message, 'Remake', /^The digest of .* has been remade; 4 papers sent\.$/);
    expect(await idsIn(twin.general)).toEqual(passing(8, 6));
  });

  it('set up the bot in another channel, at once and after a restart', async () => {
    expect((await bobThere.ask('here')).text).toMatch(refused);
    expect(await aliceThere.open('here')).toMatchObject({ name: '', categories: '', timezone: 'America/New_York' });
    const wrong = await aliceThere.send({ name: 'my clocks', categories: 'cs.AI' });
    expect(wrong.text).toMatch(/up to 40 letters.* Your input is kept\.$/);
    expect(await aliceThere.openBy(wrong.message, 'Edit')).toMatchObject({ name: 'my clocks', categories: 'cs.AI' });
    const preview = await aliceThere.send({ name: 'clocks' }, /^clocks, not started yet/);
    expect(preview.text).toMatch(
      /will read cs\.AI and post papers with .* It will post here on weekdays at 09:00[\s\S]*of 4 papers picked/,
    );
    expect((await aliceThere.press(preview.message, 'Start')).text).toMatch(/^clocks now posts here\./);

    expect((await bobThere.ask('help')).text).toContain('clocks reads cs.AI');
    expect((await bobThere.ask('status')).text).toMatch(/^clocks: no problems[\s\S]*Next run: Wed, 9 July 2025, 09:00/);
    const change = await aliceThere.ask('schedule mon,wed 8:30', /^Change when clocks posts\?/);
    expect((await aliceThere.press(change.message, 'Change')).text).toMatch(/on Monday and Wednesday at 08:30/);
    const run = await world.home.run(['run', '--channel', 'clocks', '--json']);
    expect(reportOf(run)).toMatchObject({ channel: 'clocks', status: 'posted', posted: 3 });
    expect(await idsIn(twin.papers)).toHaveLength(3);
    expect((await aliceThere.ask('pause')).text).toMatch(/^clocks is paused/);
    expect((await aliceThere.ask('resume')).text).toMatch(/^clocks is no longer paused/);
    expect((await aliceThere.ask('pause')).text).toMatch(/^clocks is paused/);

    expect(await stop(bot)).toMatchObject({ code: 0, stderr: expect.not.stringContaining('"level":"error"') });
    bot = world.home.start(['start']);
    await waitForOutput(bot, /listening on Discord/);
    expect((await bobThere.ask('status')).text).toMatch(/^clocks: [\s\S]*paused/);
    expect((await aliceThere.ask('schedule')).text).toMatch(/on Monday and Wednesday at 08:30[\s\S]*It is paused/);
    expect((await bob.ask('topics show')).text).toContain('gears, worm drives, clocks.');
    expect((await bob.ask('following')).text).toContain('Ada First (11)');
    expect(await idsIn(twin.general)).toEqual(passing(8, 6));
    expect((await stop(bot)).code).toBe(0);
  });
});
