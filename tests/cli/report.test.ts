import { describe, expect, it } from 'vitest';
import { asJson, asLine, createBatchNotice, createProgress, createWaitNotice } from '../../src/cli/report.ts';
import type { BatchNotice } from '../../src/core/batch.ts';
import type { RunResult } from '../../src/daily/run.ts';
import { digestOf, entryOf, paperOf, scoreOf } from '../fakes/fixtures.ts';

const entry = entryOf(1, paperOf('1'), scoreOf('1', 9, 8));
const resultOf = (more: Partial<RunResult> = {}): RunResult => ({
  ...{ channel: 'foundations', date: '2025-07-08', status: 'posted', reasons: [], sent: 1, earlier: [] },
  digest: digestOf([entry]),
  ...more,
});

describe('a run as JSON', () => {
  it('has every number under its documented name', () => {
    expect(asJson(resultOf())).toEqual({
      date: '2025-07-08',
      channel: 'foundations',
      status: 'posted',
      announced: 20,
      scanned: 12,
      relevant: 1,
      posted: 1,
      engine: 'openai',
      model: 'gpt-test',
      promptTokens: 9000,
      cachedTokens: 4500,
      completionTokens: 700,
      costUsd: 0.0123,
      unscored: 0,
      ...{ skipped: 0, muted: 0 },
      reasons: [],
    });
  });

  it('names both engines, the larger share first', () => {
    const engines = [
      { engine: 'local', model: 'local-1', papers: 9 },
      { engine: 'openai', model: 'gpt-test', papers: 3 },
    ] as const;
    const json = asJson(resultOf({ digest: digestOf([entry], { engines: [...engines] }) }));
    expect(json).toMatchObject({ engine: 'local+openai', model: 'local-1+gpt-test' });
  });

  it('has null for unknown numbers, and prints every name', () => {
    const empty = asJson(resultOf({ digest: undefined, date: undefined, status: 'no-announcement', sent: 0 }));
    expect(JSON.parse(JSON.stringify(empty))).toEqual({
      ...{ date: null, channel: 'foundations', status: 'no-announcement', posted: 0, reasons: [] },
      ...{
        announced: null,
        scanned: null,
        relevant: null,
        unscored: null,
        muted: null,
        skipped: null,
        engine: null,
        model: null,
      },
      ...{ promptTokens: null, cachedTokens: null, completionTokens: null, costUsd: null },
    });
    const usage = { promptTokens: 1, cachedTokens: 0, completionTokens: 1, costUsd: undefined };
    expect(asJson(resultOf({ digest: digestOf([entry], { usage }) }))).toMatchObject({ costUsd: null });
  });
});

describe('a run as text', () => {
  it.each<[string, Partial<RunResult>, boolean]>([
    ['foundations: 1 paper of 2025-07-08 posted.', {}, false],
    ['foundations: 0 papers of 2025-07-08 posted.', { sent: 0 }, false],
    ['foundations: 1 paper of 2025-07-08 would be posted.', { status: 'nothing-new', sent: 0 }, true],
    ['foundations: nothing new; 2025-07-08 is already posted.', { status: 'nothing-new', sent: 0 }, false],
    [
      'foundations: arXiv announced nothing on 2025-07-06.',
      { status: 'no-announcement', date: '2025-07-06', digest: undefined },
      false,
    ],
    ['foundations: arXiv announced nothing.', { status: 'no-announcement', date: undefined, digest: undefined }, true],
    [
      'foundations: not complete for 2025-07-08. Run the command again later. slack:C1: archived. web: gone.',
      { status: 'incomplete', reasons: ['slack:C1: archived.', 'web: gone.'] },
      false,
    ],
    [
      'foundations: nothing posted. Try again later. arXiv does not answer.',
      { status: 'incomplete', date: undefined, digest: undefined, sent: 0, reasons: ['arXiv does not answer.'] },
      true,
    ],
  ])('reads "%s"', (line, more, dryRun) => {
    expect(asLine(resultOf(more), dryRun)).toBe(line);
  });

  it('ends with the notices of the digest', () => {
    const result = resultOf({});
    const digest = result.digest && { ...result.digest, notices: ['The daily budget of $0.10 is spent.'] };
    expect(asLine({ ...result, digest }, false)).toBe(
      'foundations: 1 paper of 2025-07-08 posted. The daily budget of $0.10 is spent.',
    );
    expect(asLine({ ...result, digest, status: 'nothing-new', sent: 0 }, true)).toContain('The daily budget');
  });

  it('names the missed days whose papers it sent', () => {
    const earlier = [{ date: '2025-07-07', sent: 2 }];
    expect(asLine(resultOf({ sent: 3, earlier }), false)).toBe(
      'foundations: 2 papers of 2025-07-07 posted.\nfoundations: 1 paper of 2025-07-08 posted.',
    );
    expect(asLine(resultOf({ sent: 2, earlier, digest: undefined }), false)).toBe(
      'foundations: 2 papers of 2025-07-07 posted.',
    );
  });
});

it('says for whom a run waits, and nothing when it goes on', () => {
  const written: string[] = [];
  const notice = createWaitNotice({ write: (text: string) => written.push(text) > 0 });
  notice('gears', 'process 7 on desk');
  notice('gears', undefined);
  expect(written).toEqual(['gears: waiting for process 7 on desk, which is working on it.\n']);
});

it.each<[BatchNotice, string]>([
  [
    { kind: 'sent', service: 'OpenAI', papers: 812, minutes: 60 },
    'scoring 812 papers with the Batch API of OpenAI, at half price. Waiting for up to 60 minutes. If you stop, the next run continues.',
  ],
  [
    { kind: 'continued', service: 'OpenAI', papers: 812, minutes: 1 },
    'an earlier run sent 812 papers to the Batch API of OpenAI. Waiting for up to 1 minute. If you stop, the next run continues.',
  ],
  [{ kind: 'ended', service: 'OpenAI', asked: 812, scored: 812, problem: undefined }, 'the batch scored 812 papers.'],
  [
    { kind: 'ended', service: 'OpenAI', asked: 812, scored: 800, problem: undefined },
    'the batch scored 800 of 812 papers. Scoring the rest at the full price.',
  ],
  [
    { kind: 'ended', service: 'OpenAI', asked: 812, scored: 36, problem: 'it was not finished in time' },
    'the batch scored 36 of 812 papers (it was not finished in time). Scoring the rest at the full price.',
  ],
])('says what a run waits for: %o', (notice, text) => {
  const written: string[] = [];
  createBatchNotice({ write: (line: string) => written.push(line) > 0 })('gears', notice);
  expect(written).toEqual([`gears: ${text}\n`]);
});

describe('progress on a terminal', () => {
  const linesOf = (work: (progress: ReturnType<typeof createProgress>) => void, isTTY = true): string[] => {
    let text = '';
    const write = (more: unknown): boolean => {
      text += more;
      return true;
    };
    work(createProgress({ isTTY, write } as never));
    // A carriage return and "clear the line" begin each state of a line.
    return text.split('\n').map((line) => line.split('\r\u001b[K').at(-1) ?? '');
  };

  it('is one line for each channel if they take turns', () => {
    const lines = linesOf((progress) => {
      for (const [channel, done] of [
        ['a', 1],
        ['a', 4],
        ['b', 4],
      ] as const)
        progress(channel, done, 4);
    });
    expect(lines).toEqual([
      expect.stringMatching(/^a {2}█+ {2}4 of 4 papers scored$/),
      expect.stringMatching(/^b {2}█+ {2}4 of 4 papers scored$/),
      '',
    ]);
  });

  it('is one line for channels that are scored at the same time', () => {
    const lines = linesOf((progress) => {
      for (const [channel, done] of [
        ['a', 1],
        ['b', 2],
        ['a', 4],
        ['b', 4],
      ] as const)
        progress(channel, done, 4);
    });
    expect(lines).toEqual([expect.stringMatching(/^2 channels {2}█+ {2}8 of 8 papers scored$/), '']);
  });

  it('is missing without a terminal', () => {
    expect(linesOf((progress) => progress('a', 1, 4), false)).toEqual(['']);
  });
});
