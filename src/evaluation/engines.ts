/** Whose rankings can be measured. */
export const evalEngines = ['local', 'distilled', 'openai'] as const;
