import { describe, expect, it } from 'vitest';
import { asset, assetPaths } from '../../src/pages/assets.ts';

describe('the files that typeset mathematics needs', () => {
  it('are all there, with their types', async () => {
    expect(assetPaths).toContain('assets/katex.min.css');
    expect(assetPaths.length).toBeGreaterThan(15);
    for (const path of assetPaths) {
      const file = await asset(path);
      expect(file?.type).toBe(path.endsWith('.css') ? 'text/css; charset=utf-8' : 'font/woff2');
      expect(file?.body.length).toBeGreaterThan(1_000);
    }
  });

  it('are all that the stylesheet asks for, by addresses relative to it', async () => {
    const style = String((await asset('assets/katex.min.css'))?.body);
    const asked = [...style.matchAll(/url\(([^)]*)\)/g)].map(([, url]) => `assets/${url}`);
    expect(new Set(asked)).toEqual(new Set(assetPaths.filter((path) => path.endsWith('.woff2'))));
    expect(style).toContain('format("woff2")}');
  });

  it('are fonts in fact', async () => {
    const font = await asset(assetPaths.at(-1) ?? '');
    expect(Buffer.from(font?.body ?? '').toString('latin1', 0, 4)).toBe('wOF2');
  });

  it.each([
    'assets/../package.json',
    'assets/fonts/../../package.json',
    'assets/katex.js',
    'assets/fonts/KaTeX_Main-Regular.ttf',
    'assets/',
    '/etc/passwd',
    'katex.min.css',
    '',
  ])('are no others: %j', async (path) => {
    expect(await asset(path)).toBeUndefined();
  });
});
