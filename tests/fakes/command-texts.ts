import { type CommandEntry, listedCommands, type Option, type Options } from '../../src/core/command.ts';

const words = [
  'sparse',
  'attention',
  'quantization',
  'experts',
  'Bengio',
  'Ada First',
  'cs.LG',
  'Quantiz*',
  'the',
  'me',
];
const ids = ['2503.07639', '2507.00000', '2507.03005', '2507.01003', '2507.03003', 'hep-th/9901001', '2507.99999'];
const links = ['https://arxiv.org/abs/', '<https://arxiv.org/pdf/', 'arXiv:', 'https://alphaxiv.org/abs/'];
const dates = [
  '2025-07-08',
  '2025-07-07',
  '2025-06-30',
  '2019-01-01',
  'today',
  'yesterday',
  '2025-13-40',
  '08/07/2025',
];
const periods = ['week', 'month', '2025-07', '2025-06', '1999-12', '0000-00', ...dates];
const quotes = ['"', '“', '”', '„', "'", '«', '`', '```'];
const odd = [
  ...['\0', '\u0007', '\u001b[31m', '\u007f', '\u0085', '\u200b', '\u200d', '\u2028', '\ufeff', '\ufffe', '\uffff'],
  ...[
    '\u202e',
    '\u2066',
    '\u2069',
    '\u200f',
    '\ud800',
    '\udfff',
    '\udc00\ud800',
    '👍🏽',
    '👩‍👩‍👧',
    'e\u0301',
    'ﷺ',
    'ß',
    'İ',
  ],
  ...[
    '<!channel>',
    '@everyone',
    '<@U1>',
    '</p><script>',
    '&amp;',
    '$x<y$',
    '$',
    '\\',
    '%',
    '*',
    'NEAR(',
    'a*b',
    '-',
    '^',
  ],
  ...['__proto__', 'constructor', 'toString', 'null', 'NaN', '-0', '1e9', '0x10', '99999999999999999999', "'; DROP--"],
];

/** Generates valid command texts, invalid ones and noise from the commands themselves. */
export const createCommandTexts = (entries: readonly CommandEntry[], random: () => number) => {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const chance = (share: number): boolean => random() < share;
  const listed = listedCommands(entries);
  const names = [...new Set(listed.flatMap(({ path }) => path.split(' ')))];
  const keywords = [
    ...new Set(listed.flatMap(({ command }) => Object.values(command.options).flatMap(({ keyword }) => keyword ?? []))),
  ];

  /** Random characters, lone surrogates included. */
  const noise = (longest: number): string => {
    const length = below(longest);
    const highest = pick([0x7f, 0x24f, 0xffff]);
    let text = '';
    while (text.length < length) text += chance(0.15) ? pick(odd) : String.fromCharCode(below(highest + 1));
    return text;
  };

  const long = (): string =>
    pick(['x', 'word ', '2503.07639 ', '👍', '\ud800', '"', '<', '\\*_', 'é ']).repeat(below(3_000));

  const phrase = (): string => Array.from({ length: 1 + below(4) }, () => pick(words)).join(' ');

  const anything = (): string => {
    const kinds = [
      phrase,
      () => pick(odd),
      () => noise(40),
      () => pick(ids),
      () => pick(periods),
      () => pick(keywords),
    ];
    const text = chance(0.02) ? long() : pick(kinds)();
    return chance(0.2) ? `${pick(quotes)}${text}${chance(0.7) ? pick(quotes) : ''}` : text;
  };

  const paper = (): string => {
    const id = pick(ids);
    return chance(0.3) ? `${pick(links)}${id}${pick(['', 'v2', '>', '.pdf', '?x=1'])}` : id;
  };

  const written = (option: Option): string => {
    switch (option.type) {
      case 'integer': {
        const { minimum, maximum } = option;
        const inside = minimum + below(Math.min(maximum, minimum + 60) - minimum + 1);
        return String(chance(0.8) ? inside : pick([minimum, maximum, minimum - 1, maximum + 1, '+5', '007', '1.5']));
      }
      case 'date':
        return pick(dates);
      case 'period':
        return pick(periods);
      case 'word':
        return chance(0.9) ? pick(option.values) : `${pick(option.values)}x`;
      case 'paper':
        return paper();
      case 'papers':
        return Array.from({ length: chance(0.05) ? 60 : 1 + below(4) }, paper).join(' ');
      case 'code':
        return pick(['WDJB-MJHT', 'wdjbmjht', 'ABCD-1234', 'code']);
      case 'text':
        return chance(0.3) ? `"${phrase()}"` : chance(0.2) ? anything() : phrase();
    }
  };

  const optionsText = (options: Options): string[] => {
    const given = Object.values(options).filter((option) =>
      chance('required' in option && option.required ? 0.9 : 0.5),
    );
    const texts = given.map((option) => {
      const value = chance(0.12) ? anything() : written(option);
      return option.keyword && chance(0.95) ? `${option.keyword} ${value}` : value;
    });
    // People write them in any order.
    return chance(0.3) ? texts.toSorted(() => random() - 0.5) : texts;
  };

  const mangled = (text: string): string => {
    const at = below(text.length + 1);
    const rest = text.slice(at + below(4));
    return `${text.slice(0, at)}${pick([() => '', () => pick(odd), () => noise(8), () => text[at] ?? ''])()}${rest}`;
  };

  const wellMade = (): string => {
    const { path, command } = pick(listed);
    const text = chance(0.1) ? pick(command.examples) : [path, ...optionsText(command.options)].join(' ');
    return chance(0.15) ? `${pick(['/arxiv ', '/ARXIV\t', '/arxiv\n', '/', ' '])}${text}` : text;
  };

  return {
    next(): string {
      const kind = random();
      if (kind < 0.7) return wellMade();
      if (kind < 0.85) return mangled(wellMade());
      if (kind < 0.93) return `${pick(names)} ${anything()} ${anything()}`;
      return chance(0.8) ? noise(60) : long();
    },
    /** Values for the fields of a form. */
    fields: (of: readonly { name: string; value?: string | undefined }[]): Record<string, string> =>
      Object.fromEntries(
        of.map(({ name, value }) => [
          name,
          chance(0.5) && value
            ? value
            : chance(0.5)
              ? written({ type: 'text', required: true, description: '' })
              : anything(),
        ]),
      ),
    chance,
    pick,
  };
};
