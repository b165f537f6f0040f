import { describe, expect, it } from 'vitest';
import { limitsSlider } from '../../../src/pages/live/slider.ts';
import { entryOf, paperOf, scoreOf } from '../../fakes/fixtures.ts';
import { parsePage, textOf } from '../page.ts';
import { storedDigest } from '../written-day.ts';

const desk = { address: 'commands', page: 'index.html' };

describe('the slider for fewer or more papers', () => {
  const shown = (relevant: number) => {
    const digest = storedDigest([entryOf(1, paperOf('2507.00001'), scoreOf('2507.00001', 9, 8))], {
      counts: { announced: 100, scanned: 90, relevant, unscored: 0 },
    });
    const limits = { cutoffs: digest.cutoffs, papersPerDay: 10, top: 20 };
    const page = parsePage(String(limitsSlider(digest, limits, desk, 'preview')));
    return textOf(page.querySelector('output'));
  };

  it('says how many papers pass, and how many `top` posts', () => {
    expect(shown(34)).toMatch(/^34 papers pass, the best 20 are posted: relevance /);
    expect(shown(20)).toMatch(/^20 papers: relevance /);
    expect(shown(1)).toMatch(/^1 paper: relevance /);
  });
});
