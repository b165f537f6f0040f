import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownText } from '../chat/slack/shown.ts';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { type DiscordServer, startDiscordServer } from '../fakes/discord-server.ts';
import { type LocalSlack, localSlackAvailable, startLocalSlack } from '../fakes/local-slack.ts';
import { date, day, picked, verdictOf } from './day.ts';
import { ask, digestsOn, idIn, lineOf, toDiscord } from './discord.ts';
import { channelsOf, createHome, type Home, type Running, stop, toArxiv, toSlack, waitForOutput } from './harness.ts';
import { type Model, type ModelVerdict, startModel } from './model.ts';
import { digestsIn } from './shown.ts';

const scanned = day.filter(({ replaced }) => !replaced).map(({ id }) => id);

/** Each topic is a rubric of its own. Two channels share `Gears`. */
const topics = ['Gears', 'Springs', 'Levers'] as const;
type Topic = (typeof topics)[number];

/** The picks for springs and levers, in order. */
const others: Record<Exclude<Topic, 'Gears'>, string[]> = {
  Springs: ['2507.00003', '2507.00006', '2507.00012'],
  Levers: ['2507.00008', '2507.00005'],
};
/** The picks for gears with higher cutoffs. */
const bestGears = picked.slice(0, 4);

const judge = (topic: Topic, id: string): ModelVerdict | undefined => {
  if (topic === 'Gears') return verdictOf(id);
  const at = others[topic].indexOf(id);
  const relevance = at < 0 ? 2 : 10 - at;
  return { relevance, novelty: relevance, comment: `${topic} in ${id}.` };
};

describe.skipIf(!localSlackAvailable())('one bot with two channels on Slack and two on Discord', () => {
  const scored: Record<Topic, string[]> = { Gears: [], Springs: [], Levers: [] };
  let arxiv: FakeArxiv;
  let slack: LocalSlack;
  let discord: DiscordServer;
  let model: Model;
  let home: Home;
  let bot: Running;

  beforeAll(async () => {
    arxiv = await startFakeArxiv({ days: { [date]: day } });
    slack = await startLocalSlack();
    discord = await startDiscordServer();
    model = await startModel((id, prompt) => {
      const topic = topics.find((one) => prompt.includes(`# ${one}`));
      if (!topic) return undefined;
      scored[topic].push(id);
      return judge(topic, id);
    });
    const written = (topic: Topic) => `# ${topic}\n\n## ${topic} of all kinds\n\n- Relevant: ${topic.toLowerCase()}.\n`;
    home = await createHome({
      config: channelsOf({
        'gears-slack': [`post: [slack:${slack.channels.general}]`],
        'gears-discord': [`post: [discord:${discord.state.general}]`, 'cutoffs: { relevance: 8, novelty: 8 }'],
        'springs-slack': [`post: [slack:${slack.channels.papers}]`, 'topics: springs.md'],
        'levers-discord': [`post: [discord:${discord.state.papers}]`, 'topics: levers.md'],
      }),
      files: { 'topics.md': written('Gears'), 'springs.md': written('Springs'), 'levers.md': written('Levers') },
      env: { ...toArxiv(arxiv), ...toSlack(slack), ...toDiscord(discord), ...model.env },
    });
    bot = home.start(['start']);
    await waitForOutput(bot, /listening on Slack/);
    await waitForOutput(bot, /listening on Discord/);
    await waitForOutput(bot, /(?:"status":"posted"[\s\S]*){4}/);
  });
  afterAll(async () => {
    await home.close();
    await model.close();
    await discord.close();
    await slack.close();
    await arxiv.close();
  });

  it('posts each channel its own papers, from one collection', async () => {
    expect(await digestsIn(slack)).toMatchObject([{ ids: picked }]);
    expect(await digestsIn(slack, slack.channels.papers)).toMatchObject([{ ids: others.Springs }]);
    const name = (channel: string) => `Tuesday, 8 July 2025 · ${channel}`;
    expect(digestsOn(discord)).toEqual([{ name: name('gears-discord'), ids: bestGears }]);
    expect(digestsOn(discord, discord.state.papers)).toEqual([{ name: name('levers-discord'), ids: others.Levers }]);
    const read = arxiv.requests.filter((path) => /^\/(rss|list|catchup)\//.test(path));
    expect(read.length).toBeGreaterThan(0);
    expect(new Set(read).size).toBe(read.length);
  });

  it('scores each paper once per rubric, not once per channel', () => {
    expect(scanned).toHaveLength(12);
    for (const topic of topics) expect([...new Set(scored[topic])].sort()).toEqual(scanned.toSorted());
    expect(model.calls.flat()).toHaveLength(scanned.length * topics.length);
  });

  it('answers /arxiv about the channel of each destination, and counts votes for that channel', async () => {
    const [best = ''] = picked;
    const topOnSlack = async (channel: string): Promise<string> => {
      const answers = async () => (await slack.messages(channel)).filter(({ subtype }) => subtype === 'ephemeral');
      const before = (await answers()).length;
      await slack.command('top 50', { channel });
      await expect.poll(async () => (await answers()).length).toBe(before + 1);
      return shownText((await answers()).at(-1)?.blocks);
    };
    const topOnDiscord = (channel: string) => ask(discord, 'top 50', { channel });
    const idsIn = (text: string) => text.match(/\d{4}\.\d{5}/g);
    expect(idsIn(await topOnSlack(slack.channels.papers))).toEqual(others.Springs);
    expect(idsIn(await topOnDiscord(discord.state.papers))).toEqual(others.Levers);
    expect(idsIn(await topOnDiscord(discord.state.general))).toEqual(bestGears);

    const [header] = discord.state.ofChannel(discord.state.general);
    const paper = discord.state.ofChannel(header?.id ?? '').find(({ embeds }) => idIn(embeds) === best);
    discord.react(paper?.id ?? '', discord.state.people.alice, '👍', true);
    await expect.poll(async () => lineOf(await topOnDiscord(discord.state.general), best)).toMatch(/👍 1 /);
    const onSlack = await topOnSlack(slack.channels.general);
    expect(idsIn(onSlack)).toEqual(picked);
    expect(onSlack).not.toMatch(/👍/);
    expect(await stop(bot)).toMatchObject({ code: 0, signal: null });
  });
});
