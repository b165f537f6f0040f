import { diffArrays } from 'diff';
import { type Block, codeBlock } from '../../src/core/message.ts';
import { countOf, shorten } from '../../src/core/paper.ts';

export type LineChange = { kind: 'added' | 'removed'; line: string };

/** Texts with more differing lines are treated as replaced, because comparing them would block the event loop. */
const maxEdits = 1_000;

const linesOf = (text: string): string[] => text.split(/\r\n?|\n/).filter((line) => line.trim() !== '');

export const lineChanges = (before: string, after: string): LineChange[] => {
  const [old, now] = [linesOf(before), linesOf(after)];
  const changes = diffArrays(old, now, { maxEditLength: maxEdits }) ?? [
    { removed: true, added: false, value: old },
    { removed: false, added: true, value: now },
  ];
  return changes
    .filter(({ added, removed }) => added || removed)
    .flatMap(({ added, value }) => value.map((line): LineChange => ({ kind: added ? 'added' : 'removed', line })));
};

const maxLines = 20;
const maxLineLength = 120;

const signs = { added: '+', removed: '−' } as const;

export const linesBlock = (changes: readonly LineChange[], limit = maxLines): Block | undefined => {
  const shown = changes.slice(0, limit).map(({ kind, line }) => `${signs[kind]} ${shorten(line, maxLineLength)}`);
  const more = changes.length - limit;
  return codeBlock([...shown, ...(more > 0 ? [`and ${countOf(more, 'more line')}`] : [])].join('\n'));
};

export const lineCounts = (changes: readonly LineChange[]): string => {
  const added = changes.filter(({ kind }) => kind === 'added').length;
  const removed = changes.length - added;
  return [added > 0 && `${countOf(added, 'line')} added`, removed > 0 && `${countOf(removed, 'line')} removed`]
    .filter(Boolean)
    .join(', ');
};
