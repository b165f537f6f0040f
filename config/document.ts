import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Problem } from './problems.ts';

/** A config file as parsed: its data, and the line of each place in it. */
export type ConfigDocument = {
  data: unknown;
  /** Line of the nearest written place at or above a path, from 1. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
};

const hints: Record<string, string> = {
  DUPLICATE_KEY: 'the same key stands here twice; keep one of them',
  TAB_AS_INDENT: 'indent with spaces, not with a tab',
};

/** Parses YAML. Syntax errors and keys written twice come as problems with line and column. */
export const parseConfigDocument = (source: string): { document?: ConfigDocument; problems: Problem[] } => {
  const lines = new LineCounter();
  const parsed = parseDocument(source, { lineCounter: lines, prettyErrors: true });
  if (parsed.errors.length > 0) {
    const problems = parsed.errors.map(({ code, linePos, message }) => {
      const [{ line, col } = { line: 1, col: 1 }] = linePos ?? [];
      const fault = hints[code] ?? message.split(/ at line \d+|\n/)[0];
      return `line ${line}, column ${col}: ${fault}`;
    });
    return { problems };
  }
  try {
    const data: unknown = parsed.toJS({ maxAliasCount: 100 });
    return { document: { data, lineOf: (path) => lineOf(path) }, problems: [] };
  } catch (error) {
    return { problems: [`${error instanceof Error ? error.message : error}; put text that begins with * in quotes`] };
  }

  function lineOf(path: readonly PropertyKey[]): number | undefined {
    for (let length = path.length; length > 0; length -= 1) {
      const node = parsed.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  }
};
