import { describe, expect, it } from 'vitest';
import { withBlock } from '../../../tools/bench/report.ts';

describe('the figures of a page', () => {
  const page = 'Before.\n\n<!-- bench cost -->\n\nold\n\n<!-- end cost -->\n\nAfter.\n';

  it('are replaced in their block, again and again', () => {
    const once = withBlock(page, 'cost', 'new');
    expect(once).toBe('Before.\n\n<!-- bench cost -->\n\nnew\n\n<!-- end cost -->\n\nAfter.\n');
    expect(withBlock(once, 'cost', 'new')).toBe(once);
  });

  it('need a block', () => {
    expect(() => withBlock(page, 'time', 'new')).toThrow('the page has no block for time');
  });
});
