import { errorText } from '../../../src/core/errors.ts';
import { keepCacheSmall, openSqlite, writeLogBack } from '../driver.ts';
import { prunePapers } from './prune.ts';

// A program that deletes the old papers of one database and exits.

export type PruneReply = { papers: number } | { error: string };

const [, , file = '', before = ''] = process.argv;

const reply = async (): Promise<PruneReply> => {
  try {
    const sqlite = openSqlite(file, { fileMustExist: true, timeout: 10_000 });
    keepCacheSmall(sqlite);
    const papers = await prunePapers(sqlite, before);
    writeLogBack(sqlite, 0);
    sqlite.close();
    return { papers };
  } catch (error) {
    return { error: errorText(error) };
  }
};

process.send?.(await reply());
