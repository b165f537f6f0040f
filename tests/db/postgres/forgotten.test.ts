import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orm } from '../../../db/drizzle.ts';
import { type Database, databaseOf, openPool } from '../../../db/postgres/client.ts';
import { forgetAgain } from '../../../db/postgres/forgotten.ts';
import {
  askedQuestions,
  changes,
  linkCodes,
  links,
  reactions,
  readPapers,
  savedPapers,
  shownLists,
} from '../../../db/postgres/schema-people.ts';
import { createChangeStore } from '../../../db/postgres/stores/changes.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../../fakes/postgres.ts';

const ada = 'slack:T1:ADA';
const ben = 'slack:T1:BEN';
const before = '2025-07-08T14:00:00.000Z';
const forgottenAt = '2025-07-09T09:00:00.000Z';
const later = '2025-07-10T09:00:00.000Z';

/** Everything that is stored about a person. */
const store = async (db: Database, person: string, at: string): Promise<void> => {
  const place = { person, destination: 'slack:C1', thread: at, at };
  await db.insert(reactions).values({ destination: 'slack:C1', messageId: at, person, emoji: '+1', at });
  await db.insert(savedPapers).values({ person, paperId: at, at });
  await db.insert(readPapers).values({ person, paperId: at, at });
  await db.insert(shownLists).values({ ...place, destination: at, first: 1, paperIds: ['1'] });
  await db.insert(askedQuestions).values({ ...place, paperId: '1', question: 'Why?', answer: 'So.' });
  for (const row of [{ person, at, linkId: person, code: person }])
    for (const table of [links, linkCodes])
      await db.insert(table).values(row).onConflictDoUpdate({ target: table.person, set: { at } });
  await db.insert(changes).values({ person, at, channel: 'foundations', action: 'feedback', value: {} });
};

const allTables = [
  ...['asked_questions', 'changes', 'link_codes', 'links'],
  ...['reactions', 'read_papers', 'saved_papers', 'shown_lists'],
];

describe.skipIf(!hasPostgres)('people who asked to be forgotten', () => {
  let server: PostgresServer;
  let db: Database;
  beforeAll(async () => {
    server = await startPostgres();
    db = databaseOf(openPool(await server.createDatabase()));
  });
  afterAll(async () => {
    await db.$client.end();
    await server.stop();
  });

  /** In which tables a person is, and when. */
  const rowsOf = async (person: string): Promise<Record<string, string[]>> => {
    const tables = await db.$client.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'person' ORDER BY 1",
    );
    const found: Record<string, string[]> = {};
    for (const { name } of tables.rows) {
      const rows = await db.$client.query<{ at: string }>(`SELECT at FROM ${name} WHERE person = $1 ORDER BY at`, [
        person,
      ]);
      if (rows.rows.length > 0) found[name] = rows.rows.map(({ at }) => at);
    }
    return found;
  };
  const inAll = (...times: string[]) => Object.fromEntries(allTables.map((table) => [table, times]));

  beforeEach(async () => {
    await db.$client.query(`TRUNCATE forgotten, ${allTables.join(', ')}`);
    for (const person of [ada, ben]) await store(db, person, before);
    expect(await createChangeStore(db).forget(ada, forgottenAt)).toMatchObject({ saved: 1 });
    expect(await rowsOf(ada)).toEqual({});
  });

  it('stay forgotten if an older dump is restored, and others stay', async () => {
    await store(db, ada, before);
    await forgetAgain(db);
    expect(await rowsOf(ada)).toEqual({});
    expect(await rowsOf('slack:forgotten')).toEqual({ changes: [before, before] });
    expect(await rowsOf(ben)).toEqual(inAll(before));
  });

  it('stay forgotten with all identities that they had linked, which the older dump does not say', async () => {
    const browser = 'web:local:ben';
    await store(db, browser, before);
    await db
      .update(links)
      .set({ linkId: 'both' })
      .where(orm.inArray(links.person, [ben, browser]));
    await createChangeStore(db).forget(ben, forgottenAt);
    await store(db, browser, before);
    await forgetAgain(db);
    expect([await rowsOf(ben), await rowsOf(browser)]).toEqual([{}, {}]);
  });

  it('keep what they do afterward', async () => {
    await store(db, ada, before);
    await store(db, ada, later);
    await forgetAgain(db);
    expect(await rowsOf(ada)).toEqual(inAll(later));
  });

  it('are forgotten up to the last time that they asked', async () => {
    await createChangeStore(db).forget(ada, later);
    await store(db, ada, later);
    await forgetAgain(db);
    expect(await rowsOf(ada)).toEqual({});
  });

  it('are not named in the list', async () => {
    const list = await db.$client.query('SELECT * FROM forgotten');
    expect(list.rows).toEqual([{ person: expect.stringMatching(/^[\da-f]{64}$/), at: forgottenAt }]);
  });
});
