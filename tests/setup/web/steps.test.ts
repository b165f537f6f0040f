import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closedAddress } from '../../end-to-end/harness.ts';
import { startFakeOpenAi } from '../../fakes/openai.ts';
import { useSetupPages, words } from './served.ts';

const { at, serve, read } = useSetupPages();

describe('a new user', () => {
  it('gets a channel from a few words, with a preview on the way', async () => {
    const { person, restarted } = await serve();
    const { get, send } = await person();
    expect((await get('')).location).toBe('/-/setup/papers');
    expect((await get('/papers')).text).toContain('What do you want to read?');

    const preview = await send('preview', words('gear trains, not surveys', { papers: '3' }));
    const parts = preview.html.split('\0');
    expect(parts[1]).toMatch(/Understood as wanted[\s\S]*gear trains[\s\S]*Understood as not wanted[\s\S]*surveys/);
    expect(parts.find((part) => part.includes('id="origin"'))).toContain('data-categories="cs.LG, ');
    expect(parts.at(-2)).toMatch(/Tuesday, 8 July 2025/);
    expect(parts.at(-2)?.match(/<li value=/g)).toHaveLength(3);
    expect(preview.text).toMatch(/Match (\d[\d.]*%): closer to your topics than \1 of recent papers\./);

    expect((await send('papers', words('gear trains, not surveys', { papers: '3' }))).location).toBe('/-/setup/model');
    expect((await send('model', { source: 'none' })).location).toBe('/-/setup/chat');
    expect((await get('/chat')).text).toContain('Continue with the web page only');
    const check = await get('/finish');
    expect(check.text).toMatch(/at most 3 papers a day .* the built-in scorer .* gear-trains/);
    expect(check.text).toContain('config/paperboy.yaml new');
    const saved = await send('finish', {});
    expect(saved.html).toContain('data-page="/gear-trains/"');
    expect(await restarted()).toEqual({ channel: 'gear-trains', preview: undefined });
    expect(await read('config/topics/gear-trains.md')).toBe('# What we read\n\ngear trains, not surveys\n');
    expect(await read('config/paperboy.yaml')).toContain('    papersPerDay: 3\n');
    expect(await readdir(at.folder)).toEqual(['config']);
  });

  it('can paste links, and sees which one is unknown', async () => {
    const { send, get } = await (await serve()).person();
    await get('');
    const { html, text } = await send('preview', words('https://arxiv.org/abs/2507.00001\n2507.99999'));
    expect(text).toMatch(/2507\.00001: Gears of kind 1/);
    expect(text).toMatch(/2507\.99999 is left out: arXiv has no paper/);
    expect(html).toContain('(from the papers you like)');
    const none = await send('papers', words('2507.99999'));
    expect([none.status, none.text]).toEqual([400, expect.stringContaining('None of these papers could be read.')]);
    expect(none.html).toContain('2507.99999</textarea>');
  });

  it('keeps what was typed if a category does not exist or nothing was written', async () => {
    const { send, get } = await (await serve()).person();
    await get('');
    const wrong = await send('papers', words('gear trains', { categories: 'cs.LQG', papers: '4' }));
    expect(wrong.status).toBe(400);
    expect(wrong.text).toMatch(
      /Correct the categories\. .*"cs\.LQG" is not an arXiv category; did you mean "cs\.LG"\?/,
    );
    expect(wrong.text.match(/did you mean/g)).toHaveLength(1);
    expect(wrong.html).toMatch(/value="cs\.LQG"[^>]*aria-describedby="origin" aria-invalid="true"/);
    expect(wrong.html).toContain('gear trains</textarea>');
    expect((await get('/papers')).html).toContain('<output for="papers-per-day">4</output>');
    const empty = await send('papers', words('  '));
    expect([empty.status, empty.text]).toEqual([400, expect.stringContaining('Write what you want to read')]);
    expect((await send('papers', words('xyzzy'))).text).toMatch(
      /No category fits these words\. Choose from all categories/,
    );
  });

  it('gets new categories for new words, unless the reader chose them', async () => {
    const { send, get } = await (await serve()).person();
    await get('');
    const origin = async (text: string, fields: { categories: string; suggested: string }): Promise<string> =>
      /<p [^>]*id="origin"[^>]*>/.exec((await send('preview', words(text, fields))).html)?.[0] ?? '';
    const shown = { categories: 'quant-ph, cs.LG', suggested: 'quant-ph, cs.LG' };
    expect(await origin('xyzzy', shown)).toContain('class="fault" id="origin" data-categories=""');
    expect(await origin('', shown)).toContain('data-categories=""');
    expect(await origin('gear trains', shown)).toContain('data-categories="cs.LG, cs.AI"');
    expect(await origin('gear trains', { ...shown, categories: 'quant-ph' })).not.toContain('data-categories');
    expect((await get('/papers')).html).toContain('id="suggested" name="suggested" value=""');
  });

  it('sees of which categories the papers are, while others are still read', async () => {
    const { send, get } = await (await serve()).person();
    await get('');
    const first = await send('preview', words('gear trains', { categories: 'cs.LG' }));
    expect(first.text).not.toContain('So far');
    const parts = (await send('preview', words('gear trains', { categories: 'cs.LG, cs.AI' }))).html.split('\0');
    const lists = parts.filter((part) => part.includes('id="papers"'));
    expect(lists).toEqual([
      expect.stringContaining('The newest papers for your words appear here.'),
      expect.stringContaining('So far only from cs.LG; cs.AI follows.'),
      expect.not.stringContaining('So far'),
    ]);
  });

  it('sees the sample without a network, and gets there', async () => {
    const url = await closedAddress();
    const { person } = await serve({ env: { ARXIV_RSS_URL: url, ARXIV_WEB_URL: url, ARXIV_API_URL: url } });
    const { send, get } = await person();
    await get('');
    const { text } = await send('preview', words('robotics'));
    expect(text).toMatch(
      /These papers are invented, because .* arXiv cannot be reached\. Check the network\. You can go on anyway\./,
    );
    expect((await send('papers', words('robotics'))).location).toBe('/-/setup/model');
    expect((await get('/finish')).text).toContain('cs.RO');
  });

  it('previews by a button without scripts', async () => {
    const { send, get } = await (await serve()).person();
    await get('');
    const { text } = await send('papers', words('gear trains', { action: 'preview' }));
    expect(text).toMatch(
      /Tuesday, 8 July 2025: 4 of 12 papers picked .* Understood as wanted gear trains Gears of kind/,
    );
  });

  it('is told which file cannot be written, and can save again', async () => {
    // Not by permissions, which do not stop root.
    await symlink('nowhere', join(at.folder, 'config'));
    const { person, restarts } = await serve();
    const { send, get } = await person();
    await get('');
    await send('papers', words('gear trains'));
    const { status, text } = await send('finish', {});
    expect([status, text]).toEqual([
      400,
      expect.stringMatching(/cannot be written \(\w+\), so nothing was saved\. Let the user/),
    ]);
    expect(restarts).toEqual([]);
  });
});

describe('a language model', () => {
  it('is accepted once it scored a paper, and its key is never shown', async () => {
    const model = await startFakeOpenAi({ verdict: () => ({ relevance: 8, novelty: 7, comment: 'Gears.' }) });
    try {
      const { send, get } = await (await serve()).person();
      await get('');
      await send('papers', words('gear trains', { action: 'preview' }));
      const fields = { source: 'url', 'url-key': 'sk-secret-key', 'url-model': 'gpt-4o-mini' };
      expect((await send('model', { ...fields, url: 'nowhere' })).text).toContain('Write an address such as http');
      const wrong = await send('model', { ...fields, url: `${await closedAddress()}/v1` });
      expect(wrong.text).toMatch(/cannot be reached .* Change what you typed and try again, or use another scorer\./);
      expect(wrong.html).toContain('Kept. Paste another one');
      // The key is kept.
      const right = await send('model', { source: 'url', url: model.url, 'url-key': '', 'url-model': 'gpt-4o-mini' });
      expect(right.location).toBe('/-/setup/model');
      const works = await get('/model');
      expect(works.text).toMatch(/It works\. gpt-4o-mini gave .* relevance 8, novelty 7 .* costs about \$/);
      const check = await get('/finish');
      const note = 'The built-in scorer ranks previews; gpt-4o-mini picks the papers of a digest.';
      expect(check.text).toContain(note);
      expect((await get('/papers')).text).toContain(note);
      expect(check.text).toMatch(/Scores with gpt-4o-mini .* \+ OPENAI_API_KEY=… /);
      for (const { html } of [wrong, works, check]) expect(html).not.toContain('sk-secret-key');
      await send('finish', {});
      expect(await read('.env')).toContain(`OPENAI_BASE_URL=${model.url}\nOPENAI_API_KEY=sk-secret-key\n`);
    } finally {
      await model.close();
    }
  });

  it('can be turned off although a key is set', async () => {
    const { send, get } = await (await serve({ env: { OPENAI_API_KEY: 'sk-1' } })).person();
    await get('');
    await send('papers', words('gear trains'));
    expect((await get('/finish')).text).toContain('Scores with gpt-4o-mini');
    await send('model', { source: 'none' });
    expect((await get('/finish')).text).toContain('Scores with the built-in scorer');
    await send('finish', {});
    expect(await read('config/paperboy.yaml')).toContain('engine: local');
  });
});

describe('a second time', () => {
  const config = `# Ours\ntimezone: Europe/Berlin
channels:
  - name: gears   # the first
    post: [web]
    categories: [cs.LG]
    topics: gears.md
  - { name: trains, post: [web], categories: [cs.AI], topics: gears.md }
`;
  const again = async () => {
    await mkdir(join(at.folder, 'config'));
    await writeFile(join(at.folder, 'config', 'paperboy.yaml'), config);
    await writeFile(join(at.folder, 'config', 'gears.md'), '# Gears\n\n- worm drives\n');
    return serve({ isNew: false });
  };

  it('shows what is set, changes one thing, and shows the changed lines', async () => {
    const { person, restarted } = await again();
    const { send, get } = await person();
    expect((await get('')).location).toBe('/-/setup/finish');
    const start = await get('/finish');
    expect(start.text).toMatch(/The set-up of gears .* cs\.LG, at most 10 papers a day .* nothing needs to be written/);
    expect((await get('/papers')).html).toContain('- worm drives');
    const changed = words('# Gears\n\n- worm drives\n', { categories: 'cs.LG', papers: '4' });
    expect((await send('papers', changed)).location).toBe('/-/setup/finish');
    expect((await send('when', { channel: 'gears', days: 'daily', time: '07:30', timezone: 'Mars' })).text).toContain(
      '"Mars" is not a time zone',
    );
    const when = { channel: 'gears', days: 'daily', time: '07:30', timezone: 'Europe/Berlin' };
    expect((await send('when', when)).location).toBe('/-/setup/finish');
    expect((await get('/finish')).text).toMatch(/every day at 07:30 .* \+ papersPerDay: 4 .*Save and start/);
    await send('finish', {});
    expect((await restarted())?.channel).toBe('gears');
    expect(await read('config/paperboy.yaml')).toBe(
      config.replace(
        'topics: gears.md\n',
        'topics: gears.md\n    papersPerDay: 4\n    top: 4\n    schedule: "30 7 * * *"\n',
      ),
    );
  });

  it('changes another channel, or adds one with a name of its own', async () => {
    const { send, get } = await (await again()).person();
    expect((await get('/begin?channel=trains')).location).toBe('/-/setup/finish');
    expect((await get('/finish')).text).toContain('The set-up of trains');
    expect((await get('/begin?channel=')).location).toBe('/-/setup/papers');
    await send('papers', words('gear trains'));
    await send('finish', {});
    expect(await read('config/paperboy.yaml')).toMatch(/name: gear-trains/);
  });

  it('names a problem of the config file', async () => {
    const { get } = await (await again()).person();
    await writeFile(join(at.folder, 'config', 'paperboy.yaml'), 'chanels: []\n');
    const { status, text } = await get('');
    expect([status, text]).toEqual([409, expect.stringContaining('has problems')]);
  });
});
