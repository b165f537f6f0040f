import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..', '..');

const packReport = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })]);

/** Packs this clone into the folder. @returns the tarball's path and the paths in it. */
export const pack = (folder: string): { tarball: string; paths: string[] } => {
  const report = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ filename, files }] = packReport.parse(JSON.parse(report.slice(report.indexOf('['))));
  return { tarball: join(folder, filename), paths: files.map(({ path }) => path) };
};

/** The channel that packed copies of Paperboy run. */
export const gearsPaper = {
  ...{ id: '2507.00001', title: 'Planetary Gear Trains', authors: ['Ada First'], categories: ['cs.LG'] },
  abstract: 'We study worm drives and planetary gear trains.',
};
