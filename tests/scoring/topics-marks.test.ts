import { describe, expect, it } from 'vitest';
import { parseTopics, topicSides } from '../../src/scoring/topics.ts';

const sidesOf = (markdown: string) => topicSides(parseTopics(markdown));
const both = { wanted: ['worm drives', 'backlash'], unwanted: ['snow', 'hedges'] };

describe('signs before keywords', () => {
  it.each([
    ['a minus', 'worm drives, backlash, -snow, -hedges'],
    ['an exclamation mark', 'worm drives; backlash; !snow; !hedges'],
    ['a plus and a minus', '+worm drives, +backlash, -snow, -hedges.'],
    ['a row of their own', 'worm drives, backlash\n-snow; !hedges'],
    ['an item', '- worm drives, backlash, -snow, !hedges'],
  ])('reject with %s', (_, markdown) => {
    expect(sidesOf(markdown).unwanted).toEqual(both.unwanted);
    expect(sidesOf(markdown).wanted.join(', ')).toBe('worm drives, backlash');
  });

  it.each(['-gears\n-ropes', '-gears, ropes', 'gears, self-locking drives, 3-way clutches'])(
    'do not reject in %j',
    (markdown) => {
      expect(sidesOf(markdown).unwanted).toEqual([]);
    },
  );
});

describe('a table', () => {
  const rows = (cells: readonly string[]) => cells.map((row) => `| ${row} |`).join('\n');
  const tableOf = (header: string, yes: string, no: string) =>
    rows([header, '---|:---:', `worm drives | ${yes}`, `snow | ${no}`, `backlash | ${yes}`, `hedges | ${no}`]);

  it.each([
    ['Topic | Want?', 'yes', 'no'],
    ['Subject | Verdict', '✓', '✗'],
    ['Area | Stance', '✅', '❌'],
    [' | ', 'want', 'skip'],
    ['What | Vote', '👍', '👎'],
    ['Topic | Priority', 'high', 'low'],
  ])('says by the column of %j which rows are wanted', (header, yes, no) => {
    expect(sidesOf(tableOf(header, yes, no))).toEqual(both);
    expect(sidesOf(`# What we read\n\n${tableOf(header, yes, no)}\n`)).toEqual(both);
  });

  it('is read without a separator, without outer pipes, and with the stance first', () => {
    const plain = rows(['worm drives | yes', 'snow | no', 'backlash | maybe', 'hedges | no']);
    expect(sidesOf(plain)).toEqual(both);
    expect(sidesOf(plain.replaceAll(/^/gm, '> '))).toEqual(both);
    expect(sidesOf('Topic | Vote\n--- | ---\nworm drives | y\nsnow | n\nbacklash | y\nhedges | n')).toEqual(both);
    expect(sidesOf(rows(['yes | worm drives', 'no | snow', 'yes | backlash', 'no | hedges']))).toEqual(both);
  });

  it('describes its topics in other columns', () => {
    expect(sidesOf(rows(['Topic | Notes', '--|--', 'gears | worm drives, backlash', 'ropes | ']))).toEqual({
      wanted: ['gears: worm drives, backlash', 'ropes'],
      unwanted: [],
    });
    expect(sidesOf(rows(['Topic | Relevant | Not relevant', '--|--|--', 'gears | worm drives | clocks']))).toEqual({
      wanted: ['gears: worm drives'],
      unwanted: ['clocks'],
    });
  });

  it('holds both lists side by side', () => {
    expect(sidesOf(rows(['We want | We don’t want', '--|--', 'worm drives | snow', 'backlash | hedges']))).toEqual(
      both,
    );
  });
});

describe('marks of items', () => {
  it.each([
    ['items', '- worm drives\n- ~~snow~~\n- backlash\n- ~~hedges~~'],
    ['numbered items', '1. worm drives\n2. ~~snow~~\n3. backlash\n4. ~~hedges~~'],
  ])('reject struck-through %s', (_, markdown) => {
    expect(sidesOf(markdown)).toEqual(both);
  });

  it.each([
    ['worm drives, ~~snow~~ and backlash', 'worm drives, backlash'],
    ['worm drives, backlash and ~~snow~~', 'worm drives, backlash'],
    ['~~snow~~, worm drives, backlash', 'worm drives, backlash'],
  ])('reject a part of %j', (row, wanted) => {
    expect(sidesOf(row).wanted.join(', ')).toBe(wanted);
    expect(sidesOf(row).unwanted).toEqual(['snow']);
  });

  it('drop what is struck through within a rejection', () => {
    expect(sidesOf('- gears\n\nSkip:\n- ~~ropes~~\n- snow')).toEqual({ wanted: ['gears'], unwanted: ['snow'] });
    expect(sidesOf('- gears\n- ~~no ropes~~')).toEqual({ wanted: ['gears'], unwanted: [] });
  });

  it('leave out checkboxes', () => {
    expect(sidesOf('- [ ] gears\n- [x] ropes\n* [X] clutches').wanted).toEqual(['gears', 'ropes', 'clutches']);
    expect(sidesOf('☐ gears\n☑ ropes').wanted).toEqual(['gears', 'ropes']);
  });
});
