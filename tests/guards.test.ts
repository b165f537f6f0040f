import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const here = import.meta.dirname;
/** This file spells out what it forbids. */
const own = 'guards.test.ts';
/** The longest real wait in a test, in milliseconds. Longer ones wait for the event or use an injected clock. */
const maxSleepMs = 300;

const clockPattern = /(?:performance|Date)\.now\(\)/;
const limitPattern = /\.toBeLess(?:Than|ThanOrEqual)\(/;
/** Timers with a literal. Those of an injected clock have its name before them: `clock.sleep(60_000)`. */
const sleepPattern = /(?<![.\w])(?:(?:delay|sleep)\(|setTimeout\(.*, )(\d[\d_]*)\)/g;
const timeoutPattern = /\btimeout: (\d[\d_]*)|^\s*\}, (\d[\d_]*)\);$/;

/** What a line of a test must not contain, as a sentence; undefined if it is fine. */
const faultOf = (line: string, variables: ReadonlySet<string>): string | undefined => {
  const comparesClock =
    clockPattern.test(line) || [...variables].some((name) => new RegExp(`\\b${name}\\b`).test(line));
  if (limitPattern.test(line) && comparesClock)
    return 'limits the wall-clock time. Check the event itself, or how the CPU time grows, with tests/computing.ts.';
  for (const [, ms = ''] of line.matchAll(sleepPattern))
    if (Number(ms.replaceAll('_', '')) > maxSleepMs)
      return `sleeps longer than ${maxSleepMs} ms. Wait for the event, or inject a clock.`;
  if (timeoutPattern.test(line)) return 'sets its own timeout. Use the default of vitest.config.ts.';
  return undefined;
};

/** Faults of a test file, each with its line. A wall-clock time kept in a constant counts as one. */
const faultsOf = (file: string, text: string): string[] => {
  const lines = text.split('\n');
  const variables = new Set(
    lines.flatMap((line) => /const (\w+) = [^=>]*(?:performance|Date)\.now\(\) -/.exec(line)?.[1] ?? []),
  );
  return lines.flatMap((line, index) => {
    const fault = faultOf(line, variables);
    return fault === undefined ? [] : [`${file}:${index + 1} ${fault}`];
  });
};

describe('the tests', () => {
  it('do not depend on the speed of the machine', async () => {
    const files = (await readdir(here, { recursive: true })).filter((file) => file.endsWith('.ts') && file !== own);
    expect(files.length).toBeGreaterThan(100);
    const faults = await Promise.all(
      files.map(async (file) => faultsOf(`tests/${file}`, await readFile(join(here, file), 'utf8'))),
    );
    expect(faults.flat()).toEqual([]);
  });

  it.each([
    ['expect(performance.now() - since).toBeLessThan(1000);', 'limits'],
    ['const ms = Date.now() - since;\nexpect(ms).toBeLessThanOrEqual(50);', 'limits'],
    ['await delay(1_200);', 'sleeps'],
    ['await new Promise((resolve) => setTimeout(resolve, 2600));', 'sleeps'],
    ['setTimeout(() => controller.abort(reason), 500);', 'sleeps'],
    ['await expect.poll(look, { timeout: 3000 }).toBe(1);', 'timeout'],
    ['  }, 30_000);', 'timeout'],
  ])('may not contain %j', (text, fault) => {
    expect(faultsOf('a.ts', text)).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    'await delay(300);',
    'await clock.sleep(60_000);',
    'expect(await growth(read, 100)).toBeLessThan(linear);',
    'const since = Date.now() + 200_000;',
    'setTimeout(() => controller.abort(new Error("stopped")), 20);',
  ])('may contain %j', (text) => {
    expect(faultsOf('a.ts', text)).toEqual([]);
  });
});
