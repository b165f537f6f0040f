import { createHash } from 'node:crypto';

/** https://platform.openai.com/docs/guides/prompt-caching: prefixes of 1,024 tokens or more, in steps of 128. */
const minPrefix = 1_024;
const step = 128;

/** Hashes of all prefixes that may be cached, shortest first. */
const prefixesOf = (model: string, tokens: readonly number[]): string[] => {
  const hash = createHash('sha256').update(model);
  const prefixes: string[] = [];
  for (let end = step; end <= tokens.length; end += step) {
    hash.update(Int32Array.from(tokens.slice(end - step, end)));
    if (end >= minPrefix) prefixes.push(hash.copy().digest('base64'));
  }
  return prefixes;
};

/** A provider's cache of prompts. Each model has its own. */
export const createPrefixCache = () => {
  const known = new Set<string>();
  return {
    /** @returns how many of a prompt's first tokens are cached. */
    cached(model: string, tokens: readonly number[]): number {
      const missing = prefixesOf(model, tokens).findIndex((prefix) => !known.has(prefix));
      const count = missing < 0 ? prefixesOf(model, tokens).length : missing;
      return count === 0 ? 0 : minPrefix + (count - 1) * step;
    },
    add(model: string, tokens: readonly number[]): void {
      for (const prefix of prefixesOf(model, tokens)) known.add(prefix);
    },
    clear(): void {
      known.clear();
    },
  };
};
