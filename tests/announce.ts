import { findChromium } from './browser/browser.ts';
import { hasPostgres } from './fakes/postgres.ts';
import { hasProgram, imagePrograms } from './fakes/programs.ts';

const skipped = (what: string, program: string, name: string): void =>
  void process.stderr.write(`SKIPPED: ${what}. ${program} was not found; install it with: apt-get install ${name}\n`);

/** Warns once before all tests, so that skipped tests are not mistaken for passed ones. */
export const setup = (): void => {
  if (findChromium(process.env.PATH ?? '') === undefined) skipped('browser tests', 'Chromium', 'chromium');
  if (!hasProgram('gpg')) skipped('the GitHub workflow', 'GnuPG', 'gnupg');
  if (process.argv.some((argument) => argument.includes('=registry'))) {
    if (process.getuid?.() !== 0) process.stderr.write('SKIPPED: the image. Only root can build it.\n');
    for (const program of imagePrograms) if (!hasProgram(program)) skipped('the image', program, program);
  }
  if (!hasPostgres) skipped('Postgres', 'Postgres', 'postgresql');
};
