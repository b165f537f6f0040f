/** Exit codes of every command. Only `run --unless-posted` refuses. */
export const exits = { done: 0, failed: 1, wrongUsage: 2, refused: 3 };
