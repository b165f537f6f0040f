import { describe, expect, it } from 'vitest';
import { look } from '../../src/pages/looks.ts';

const styleSheet = async (): Promise<string> => {
  const file = await look('assets/style.css');
  return typeof file?.body === 'string' ? file.body : '';
};

/** The colours that a block of the style sheet names, by their names. */
const colours = (block: string): Map<string, string> =>
  new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));

/** Relative luminance, after WCAG 2.2. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

/** Text and what it stands on. */
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
    const found = new Map([...colours(light), ...(scheme === 'dark' ? colours(dark) : [])]);
    for (const [text = '', back = ''] of pairs)
      expect(contrast(found.get(text) ?? '', found.get(back) ?? ''), `${text} on ${back}`).toBeGreaterThanOrEqual(4.5);
    for (const fill of ['fill', 'relevance', 'novelty'])
      expect(contrast(found.get(fill) ?? '', found.get('track') ?? ''), fill).toBeGreaterThanOrEqual(3);
  });

  it('clips no item of a list, whose number stands outside of it', async () => {
    const rules = [...(await styleSheet()).matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, of = '', what = '']) => [
      of,
      what,
    ]);
    const clipping = rules.filter(([, what = '']) => /overflow: (?:clip|hidden)/.test(what)).map(([of = '']) => of);
    expect(clipping.join()).toContain('.list > li > div');
    for (const selector of clipping.join().split(',')) expect(selector).not.toMatch(/\bli\s*$/);
  });

  it('asks for nothing from elsewhere', async () => {
    const text = await styleSheet();
    expect(text.length).toBeGreaterThan(1000);
    expect(text).not.toMatch(/url\(|@import|https?:/);
  });

  it('defines every colour that it uses', async () => {
    const text = await styleSheet();
    const [light = ''] = [...text.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);
    const known = new Set([...colours(light).keys(), 'share']);
    for (const [, name = ''] of text.matchAll(/var\(--([\w-]+)/g)) expect(known).toContain(name);
  });

  it('has no file under a name that is none of its own', async () => {
    expect(await look('assets/page.css')).toBeUndefined();
    expect(await look('assets/toString')).toBeUndefined();
    expect((await look('assets/icon.svg'))?.type).toBe('image/svg+xml');
  });
});
