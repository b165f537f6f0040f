import { describe, expect, it } from 'vitest';
import { shownText } from '../chat/slack/shown.ts';
import { localSlackAvailable } from '../fakes/local-slack.ts';
import { isAboutSummaries, startFakeOpenAi } from '../fakes/openai.ts';
import { date, picked, verdictOf } from './day.ts';
import { configOf, createHome, type Running, reportOf, toArxiv, toSlack } from './harness.ts';
import { closeAfterEach, useSlackDay } from './setup.ts';
import { digestsIn, expectHarmless } from './shown.ts';

const opened = closeAfterEach();
const hostile = (id: string): string => `<!channel> *Gear* ${id} <script>alert(1)</script> [a](https://evil.example)`;

describe.skipIf(!localSlackAvailable())('a run with summaries', () => {
  const { at } = useSlackDay(opened);

  it('posts them after a kill, pays for none twice, and counts their cost', async () => {
    let victim: Running | undefined;
    const server = opened(
      await startFakeOpenAi({
        verdict: (id) => verdictOf(id),
        summary: hostile,
        tokens: () => ({ prompt: 1_000, cached: 0, completion: 100 }),
        hold: async () => {
          if (server.requests.some(isAboutSummaries)) victim?.kill('SIGKILL');
        },
      }),
    );
    const post = [`slack:${at.slack.channels.general}`];
    const config = `${configOf({ post, scorer: 'batchSize: 4, concurrency: 1' })}    digest: { summary: true }\n`;
    const env = { ...toArxiv(at.arxiv), ...toSlack(at.slack), OPENAI_BASE_URL: server.url };
    const home = opened(await createHome({ config, env }));
    victim = home.start(['run']);
    expect(await victim.ended).toMatchObject({ signal: 'SIGKILL' });
    victim = undefined;
    expect(await digestsIn(at.slack)).toEqual([]);

    expect((await home.run(['run', '--dry-run'])).stdout).toContain('would be posted');
    const ended = await home.run(['run', '--json']);
    expect(reportOf(ended)).toMatchObject({ status: 'posted', posted: picked.length });
    // The killed call got no answer, and the dry run paid for the real one.
    expect(server.requests.filter(isAboutSummaries).map(({ ids }) => ids)).toEqual([picked, picked]);
    const [digest] = await digestsIn(at.slack);
    expect(digest?.ids).toEqual(picked);
    const thread = (await at.slack.thread(digest?.header.ts ?? '')).slice(1);
    for (const [index, id] of picked.entries()) expect(shownText(thread[index]?.blocks ?? [])).toContain(hostile(id));
    await expectHarmless(at.slack);

    // The digest includes each answered call about papers; the killed one stays booked at its upper bound.
    const answered = server.requests.filter(({ ids }) => ids.length > 0).length - 1;
    expect(reportOf(ended).costUsd).toBeCloseTo((answered * (1_000 * 0.15 + 100 * 0.6)) / 1e6, 9);
    const page = await home.run(['page', date, '--format', 'html']);
    expect(page.stdout).toContain('gpt-4o-mini, summaries');
    expect(page.stdout).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.stdout).not.toContain('<script>alert(1)');
    expect((await home.run(['say', 'stats'])).stdout).toContain('of it for summaries');
    expect((await home.run(['say', 'summaries'])).stdout).toMatch(
      /Summaries are on for gears\.\n\nCost: about \$0\.00/,
    );
  });
});
