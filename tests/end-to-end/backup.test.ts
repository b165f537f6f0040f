import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startFakeArxiv } from '../fakes/arxiv.ts';
import { date, day } from './day.ts';
import { configOf, createHome, stop, toArxiv, waitForOutput } from './harness.ts';
import { closeAfterEach } from './setup.ts';

const opened = closeAfterEach();

describe('backup and restore', () => {
  it('copies the database of a running bot, and puts the copy back once the bot has stopped', async () => {
    const arxiv = opened(await startFakeArxiv({ days: { [date]: day } }));
    const home = opened(await createHome({ config: configOf({ post: ['web'] }), env: toArxiv(arxiv) }));
    const bot = home.start(['start']);
    await waitForOutput(bot, /"status":"posted"/);

    const wrote = await home.run(['backup', 'copy.db']);
    expect(wrote).toMatchObject({ code: 0, stderr: '' });
    expect(wrote.stdout).toMatch(
      new RegExp(`^Wrote .*/copy\\.db: 1 digest, the newest of ${date}, and [1-9]\\d* papers \\(\\d+ kB\\)\\.\\n$`),
    );
    const again = await home.run(['backup', 'copy.db']);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(/^.*copy\.db already exists\. Write another path, or add --force to replace it\.\n$/);
    expect(await home.run(['backup', 'copy.db', '--force'])).toMatchObject({ code: 0 });
    const { stdout: top } = await home.run(['say', 'top 50']);
    expect(top).toContain('2507.');

    const refused = await home.run(['restore', 'copy.db']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^Paperboy is using .*paperboy\.db\. Stop the bot .*\n$/);

    await stop(bot);
    for (const name of await readdir(home.folder))
      if (name.startsWith('paperboy.db')) await rm(join(home.folder, name));
    const restored = await home.run(['restore', 'copy.db']);
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    expect(restored.stdout).toMatch(/^Restored .*copy\.db to .*paperboy\.db: 1 digest, the newest of /);
    expect(restored.stdout).toMatch(/\nWhat is already on Slack or Discord will not be posted again\.\n$/);
    expect((await home.run(['say', 'top 50'])).stdout).toBe(top);
    expect((await home.run(['restore', 'copy.db'])).stdout).toMatch(/\nThe previous database is now .*before-restore/);
  });

  it('names a file that is no backup', async () => {
    const home = opened(await createHome({ config: configOf({ post: ['web'] }) }));
    await writeFile(join(home.folder, 'notes.txt'), 'These are notes.\n');
    const { code, stdout, stderr } = await home.run(['restore', 'notes.txt']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^.*notes\.txt is not a Paperboy database\.\n$/);
    expect(await readdir(home.folder)).not.toContain('paperboy.db');
    expect(await home.run(['backup'])).toMatchObject({ code: 2, stdout: '' });
    expect((await home.run(['backup', 'copy.db'])).stderr).toMatch(/^There is no database at .*paperboy\.db\.\n$/);
  });
});
