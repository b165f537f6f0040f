import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeArxiv } from '../fakes/arxiv.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../fakes/postgres.ts';
import { date, day } from './day.ts';
import { configOf, createHome, stop, toArxiv, waitForOutput } from './harness.ts';
import { closeAfterEach } from './setup.ts';

const opened = closeAfterEach();

describe('migrate and copy', () => {
  it('say what is wrong without repeating a password', async () => {
    const home = opened(await createHome({ config: configOf({ post: ['web'] }) }));
    const copy = (from: string, to: string) => home.run(['copy', '--from', from, '--to', to]);
    const wrong = await copy('file:paperboy.db', 'mysql://bot:verysecretword@db/x');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^error: --to: This is not a database\. Write file:PATH or postgres:.*\n/);
    expect(await copy('postgres://db/x', 'postgres://db/x')).toMatchObject({ code: 2, stdout: '' });
    expect(await copy('file:paperboy.db', 'file:other.db')).toMatchObject({ code: 2, stdout: '' });
    const missing = await copy('file:paperboy.db', 'postgres://bot:verysecretword@127.0.0.1:1/x');
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^There is no database at .*paperboy\.db\.\n$/);
    const unreachable = await home.run(['migrate'], { DATABASE_URL: 'postgres://bot:verysecretword@127.0.0.1:x/x' });
    expect(unreachable).toMatchObject({ code: 1, stdout: '' });
    expect(unreachable.stderr).toMatch(/^DATABASE_URL is not valid\. The address of Postgres cannot be read\. Write /);
    for (const { stderr } of [wrong, missing, unreachable]) expect(stderr).not.toContain('verysecretword');
    const { code, stdout } = await home.run(['migrate']);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^DATABASE_URL names the SQLite file .*paperboy\.db\. Paperboy updates it at each start/);
  });

  describe.skipIf(!hasPostgres)('on Postgres', () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());

    it('update its schema, and fill it with the database of a stopped bot', async () => {
      const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
      const home = opened(await createHome({ config: configOf({ post: ['web'] }), env: toArxiv(arxiv) }));
      const url = await server.createDatabase({ isMigrated: false });
      const migrated = await home.run(['migrate'], { DATABASE_URL: url });
      expect(migrated).toMatchObject({ code: 0, stderr: '' });
      expect(migrated.stdout).toMatch(/^Ran \d+ migrations\. It has \d+ migrations; the last is \S+\.\n$/);
      expect((await home.run(['migrate'], { DATABASE_URL: url })).stdout).toMatch(/^The database is up to date\. /);

      const bot = home.start(['start']);
      await waitForOutput(bot, /"status":"posted"/);
      const copy = ['copy', '--from', `file:${join(home.folder, 'paperboy.db')}`, '--to', url];
      const refused = await home.run(copy);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toMatch(/^Paperboy is using .*paperboy\.db\. Stop the bot /);
      await stop(bot);

      const copied = await home.run(copy);
      expect(copied.code).toBe(0);
      expect(copied.stderr).toMatch(/^papers: (\d+) of \1 rows$/m);
      expect(copied.stderr).toMatch(/^searched_papers: (\d+) of \1 rows$/m);
      expect(copied.stdout).toMatch(/^digests +1 {2}[\da-f]{16}$/m);
      expect(copied.stdout).toMatch(/\nRows and checksums are the same in both databases\.\n/);
      const again = await home.run(copy);
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(again.stdout).toMatch(/\nAll of it had been copied before\.\n/);
    });
  });
});
