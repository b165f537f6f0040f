/** What a process of `start` does, if several share a database. */
export const roles = ['all', 'web', 'worker', 'gateway'] as const;

export type Role = (typeof roles)[number];

/** Runs the schedules, and everything else that one process does for all. */
export const hasDuties = (role: Role): boolean => role === 'all' || role === 'worker';

/** Keeps connections open on which platforms deliver commands and reactions. */
export const hasSockets = (role: Role): boolean => role === 'all' || role === 'gateway';

/** Must have a web server. */
export const needsPages = (role: Role): boolean => role === 'all' || role === 'web';
