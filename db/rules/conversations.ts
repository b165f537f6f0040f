/** "3" and a follow-up question mean something for this long. */
const keptMs = 2 * 3_600_000;

/** What is older than this is deleted. */
export const oldestKept = (now: string): string => new Date(Date.parse(now) - keptMs).toISOString();
