import { type Command, type CommandEntry, isGroup } from '../../core/command.ts';

const namePattern = /^[a-z]{1,32}$/;

const nameProblems = (path: string, name: string): string[] =>
  namePattern.test(name) ? [] : [`${path}: a name is one word in lowercase letters`];

const twice = (prefix: string, entries: readonly CommandEntry[]): string[] => {
  const names = entries.map(({ name }) => name);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${prefix}${name}: named twice`);
};

const problemsOf = (path: string, { options, examples, name }: Command): string[] => {
  const all = Object.values(options);
  const texts = all.filter(({ type, keyword }) => type === 'text' && keyword === undefined).length;
  const keywords = all.flatMap(({ keyword }) => keyword ?? []);
  const last = all.findLast(({ keyword }) => keyword === undefined);
  return [
    ...nameProblems(path, name),
    ...Object.keys(options).flatMap((option) => nameProblems(`${path} ${option}`, option)),
    ...keywords.flatMap((keyword) => nameProblems(`${path} ${keyword}`, keyword)),
    ...(new Set(keywords).size < keywords.length ? [`${path}: one keyword for two options`] : []),
    ...(texts > 1 ? [`${path}: more than one free text`] : []),
    ...(texts === 1 && last?.type !== 'text'
      ? [`${path}: the free text is not the last option without a keyword`]
      : []),
    ...(examples.length === 0 ? [`${path}: no example`] : []),
  ];
};

/**
 * Checks the command list against the grammar that every platform can show: a name is a command or a group, groups have
 * one level, and a command has at most one free text, as its last option.
 * @returns The problems.
 */
export const grammarProblems = (commands: readonly CommandEntry[]): string[] => [
  ...twice('', commands),
  ...commands.flatMap((entry) => {
    if (!isGroup(entry)) return problemsOf(entry.name, entry);
    return [
      ...nameProblems(entry.name, entry.name),
      ...(entry.commands.length === 0 ? [`${entry.name}: an empty group`] : []),
      ...twice(`${entry.name} `, entry.commands),
      ...entry.commands.flatMap((command) => problemsOf(`${entry.name} ${command.name}`, command)),
    ];
  }),
];
