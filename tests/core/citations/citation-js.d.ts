/** The part of Citation.js that the tests use; it has no types of its own. */
declare module '@citation-js/core' {
  export const plugins: { input: { chain<T>(text: string, options: { generateGraph: boolean }): T[] } };
}
