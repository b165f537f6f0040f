import { fileURLToPath } from 'node:url';
import type { IsoDate } from '../../../src/core/paper.ts';
import { answerOf } from '../in-process.ts';
import type { PruneReply } from './prune-process.ts';

const program = fileURLToPath(new URL('./prune-process.ts', import.meta.url));

/**
 * Deletes papers that nobody can miss and that were last announced before a date. Other processes may use the database.
 * @returns how many papers were deleted.
 */
export const pruneDatabase = async (database: string, before: IsoDate, signal: AbortSignal): Promise<number> => {
  const reply = await answerOf<PruneReply>(program, [database, before], 'deletes old papers', signal);
  if ('error' in reply) throw new Error(reply.error);
  return reply.papers;
};
