import fc from 'fast-check';

/** Inputs per property and the seed. `npm run fuzz` sets them; a suite that runs on every change needs few. */
export const fuzzing = {
  numRuns: Number(process.env.PAPERBOY_FUZZ_RUNS ?? 150),
  seed: Number(process.env.PAPERBOY_FUZZ_SEED ?? 1),
};

/** What broken and hostile answers have in the wrong places. */
const fragments = [
  ...['<', '>', '&', '"', "'", '{', '}', '[', ']', ',', ':', '\\', '/', '\n', '\r', '\t', ' ', '=', '-', '0', '9'],
  ...['\0', '\u001b', '\u200b', '\u202e', '\ufeff', '\ud800', '\udfff', '\uffff', 'é', '漢', '😀'],
  ...[
    '&amp;',
    '&#0;',
    '&#xD800;',
    '&bogus;',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?xml',
    '?>',
    '</',
    '/>',
    '<a ',
    '<dl>',
  ],
  ...['null', 'true', 'NaN', '1e999', '-1', '"id":', '```', '=== ', '2507.00001', 'v0', '$', '$$', '\\input{x}', '%00'],
];

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...fragments) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);

type Change =
  | { kind: 'cut' | 'repeat'; at: number; length: number }
  | { kind: 'insert'; at: number; text: string }
  | { kind: 'move'; at: number; length: number; to: number }
  | { kind: 'end'; at: number };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const length = fc.nat({ max: 60 });

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('cut' as const, 'repeat' as const), at: share, length }),
  fc.record({ kind: fc.constant('insert' as const), at: share, text: piece }),
  fc.record({ kind: fc.constant('move' as const), at: share, length, to: share }),
  fc.record({ kind: fc.constant('end' as const), at: share }),
);

const changed = (text: string, one: Change): string => {
  const at = Math.floor(one.at * text.length);
  switch (one.kind) {
    case 'end':
      return text.slice(0, at);
    case 'insert':
      return text.slice(0, at) + one.text + text.slice(at);
    case 'cut':
      return text.slice(0, at) + text.slice(at + one.length);
    case 'repeat':
      return text.slice(0, at + one.length) + text.slice(at);
    case 'move': {
      const moved = text.slice(at, at + one.length);
      const rest = text.slice(0, at) + text.slice(at + one.length);
      const to = Math.floor(one.to * rest.length);
      return rest.slice(0, to) + moved + rest.slice(to);
    }
  }
};

/** One of the texts with up to a few random changes. */
export const mutated = (...texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([text, changes]) => changes.reduce(changed, text));
