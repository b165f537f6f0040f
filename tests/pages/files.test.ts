import { describe, expect, it } from 'vitest';
import { scriptFile, staticFile, staticPaths } from '../../src/pages/files.ts';

describe('the files of mathematics', () => {
  const fontPaths = staticPaths.filter((path) => path.startsWith('assets/fonts/'));

  it('exist, with their types', async () => {
    expect(fontPaths.length).toBeGreaterThan(15);
    for (const path of ['assets/katex.min.css', ...fontPaths]) {
      const file = await staticFile(path);
      expect(file?.type).toBe(path.endsWith('.css') ? 'text/css; charset=utf-8' : 'font/woff2');
      expect(file?.body.length).toBeGreaterThan(1_000);
    }
  });

  it('include every font that the style sheet asks for, by relative address', async () => {
    const style = String((await staticFile('assets/katex.min.css'))?.body);
    const requested = [...style.matchAll(/url\(([^)]*)\)/g)].map(([, url]) => `assets/${url}`);
    expect(new Set(requested)).toEqual(new Set(fontPaths));
    expect(style).toContain('format("woff2")}');
  });

  it('contain real fonts', async () => {
    const font = await staticFile(fontPaths.at(-1) ?? '');
    expect(Buffer.from(font?.body ?? '').toString('latin1', 0, 4)).toBe('wOF2');
  });
});

describe('any other path', () => {
  it.each([
    'assets/../package.json',
    'assets/fonts/../../package.json',
    'assets/katex.js',
    'assets/fonts/KaTeX_Main-Regular.ttf',
    'assets/page.css',
    'assets/toString',
    'assets/',
    '/etc/passwd',
    'katex.min.css',
    '',
  ])('has no file: %j', async (path) => {
    expect(await staticFile(path)).toBeUndefined();
    expect(await scriptFile(path)).toBeUndefined();
  });
});

describe('the scripts', () => {
  it('import only scripts that are served', async () => {
    const served = new Set<string>();
    const wanted = ['live.js'];
    for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
      if (served.has(name)) continue;
      served.add(name);
      const file = await scriptFile(`assets/${name}`);
      expect(file?.type, name).toBe('text/javascript; charset=utf-8');
      wanted.push(...[...String(file?.body).matchAll(/from '\.\/([^']+)'/g)].map(([, other = '']) => other));
    }
    expect(served.size).toBe(14);
  });
});

const styleSheet = async (): Promise<string> => String((await staticFile('assets/style.css'))?.body);

/** The colors that a block of the style sheet defines, by name. */
const colors = (block: string): Map<string, string> =>
  new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));

/** Relative luminance, after WCAG 2.2. */
const luminance = (color: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

/** Text colors and their backgrounds. */
const pairs = [
  ...['ink', 'soft', 'link', 'relevance', 'novelty'].flatMap((text) => [
    [text, 'card'],
    [text, 'back'],
  ]),
  ['ink', 'heat'],
  ['warm-ink', 'warm'],
  ['match-ink', 'match'],
] as const;

describe('the style sheet', () => {
  it.each(['light', 'dark'])('has enough contrast for every text, %s', async (scheme) => {
    const [light = '', dark = ''] = [...(await styleSheet()).matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);
    const found = new Map([...colors(light), ...(scheme === 'dark' ? colors(dark) : [])]);
    for (const [text = '', back = ''] of pairs)
      expect(contrast(found.get(text) ?? '', found.get(back) ?? ''), `${text} on ${back}`).toBeGreaterThanOrEqual(4.5);
    for (const fill of ['fill', 'relevance', 'novelty'])
      expect(contrast(found.get(fill) ?? '', found.get('track') ?? ''), fill).toBeGreaterThanOrEqual(3);
  });

  it('does not clip the numbers of list items', async () => {
    const rules = [...(await styleSheet()).matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, of = '', what = '']) => [
      of,
      what,
    ]);
    const clipping = rules.filter(([, what = '']) => /overflow: (?:clip|hidden)/.test(what)).map(([of = '']) => of);
    expect(clipping.join()).toContain('.list > li > div');
    for (const selector of clipping.join().split(',')) expect(selector).not.toMatch(/\bli\s*$/);
  });

  it('loads nothing from other servers', async () => {
    const text = await styleSheet();
    expect(text.length).toBeGreaterThan(1000);
    expect(text).not.toMatch(/url\(|@import|https?:/);
  });

  it('defines every color that it uses', async () => {
    const text = await styleSheet();
    const [light = ''] = [...text.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);
    const known = new Set([...colors(light).keys(), 'share']);
    for (const [, name = ''] of text.matchAll(/var\(--([\w-]+)/g)) expect(known).toContain(name);
  });

  it('comes with an icon', async () => {
    expect((await staticFile('assets/icon.svg'))?.type).toBe('image/svg+xml');
  });
});
