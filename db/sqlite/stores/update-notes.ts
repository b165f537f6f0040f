import type { UpdateNoteStore } from '../../../src/core/update-notes.ts';
import { orm } from '../../drizzle.ts';
import type { Database } from '../client.ts';
import { updateNotes } from '../schema-people.ts';

const { asc, sql } = orm;

export const createUpdateNoteStore = (db: Database): UpdateNoteStore => ({
  async settled() {
    const rows = db.select().from(updateNotes).orderBy(asc(sql`rowid`)).all();
    return rows.map(({ note, sentAt }) => ({ note, sentAt: sentAt ?? undefined }));
  },

  async settle(notes, sentAt) {
    if (notes.length === 0) return;
    db.insert(updateNotes)
      .values(notes.map((note) => ({ note, sentAt: sentAt ?? null })))
      .onConflictDoNothing()
      .run();
  },
});
