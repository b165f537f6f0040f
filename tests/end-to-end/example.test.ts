import { describe, expect, it } from 'vitest';
import { startFakeArxiv } from '../fakes/arxiv.ts';
import { date, day } from './day.ts';
import { closedAddress, createHome, type Home, stop, toArxiv, waitForOutput } from './harness.ts';
import { closeAfterEach } from './setup.ts';

const opened = closeAfterEach();

const openHome = async (setup: Parameters<typeof createHome>[0]): Promise<Home> => opened(await createHome(setup));

describe('the built-in example without a network', () => {
  it('shows a sample in its own channel until the first real digest', async () => {
    const home = await openHome({ env: { ...toArxiv({ url: await closedAddress() }), PAPERBOY_HTTP: '127.0.0.1:0' } });
    const bot = home.start(['start']);
    await waitForOutput(
      bot,
      /Monday, 6 January 2025 · sample[\s\S]*Every paper here is invented\.[\s\S]*sample\.\d{5}/,
    );
    const [, url = ''] = await waitForOutput(bot, /"url":"(http:\/\/127[^"]+\/)"/);
    // The terminal may have the sample before the web page has all of it.
    const link = async () => /href="(sample\/2025-01-06\.html)#/.exec(await (await fetch(url)).text())?.[1];
    await expect.poll(link).toBeDefined();
    const page = (await link()) ?? '';
    const sample = /· sample<[\s\S]*Every paper here is invented\.[\s\S]*sample\.\d{5}/;
    expect(await (await fetch(new URL(page, url))).text()).toMatch(sample);
    expect(await (await fetch(new URL('foundations/sample.html', url))).text()).toMatch(sample);

    const answer = await home.run(['say', 'top 5']);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(answer.stdout).toMatch(
      /^Top \d of Monday, 6 January 2025 · sample\n[\s\S]*\(invented\)[\s\S]*sample\.\d{5}/,
    );

    const ended = await stop(bot);
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.stdout.match(/January 2025 · sample/g)).toHaveLength(1);

    const again = home.start(['start']);
    await waitForOutput(again, /retrying arXiv/);
    expect((await stop(again)).stdout).toBe('');

    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const reached = home.start(['start'], toArxiv(arxiv));
    await waitForOutput(reached, /"status":"posted"/);
    expect((await stop(reached)).stdout).toMatch(/^Tuesday, 8 July 2025 · foundations/);
    expect((await home.run(['say', 'top'])).stdout).toMatch(
      /^(Top \d of|No papers picked on) Tuesday, 8 July 2025 · foundations/,
    );
  });
});

describe('the built-in example with a network', () => {
  it('posts the newest announcement at once, without a key and without a sample', async () => {
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const home = await openHome({ env: toArxiv(arxiv) });
    const bot = home.start(['start']);
    await waitForOutput(bot, /"status":"posted"/);
    const { code, stdout } = await stop(bot);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Tuesday, 8 July 2025 · foundations[\s\S]*of 12 papers picked/);
    expect(stdout).not.toContain('sample');
    const papers = stdout.match(/arxiv\.org\/abs\/\S+/g) ?? [];
    expect(papers.length).toBeGreaterThan(0);
    expect(papers).toEqual([...new Set(papers)]);
  });
});
