import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compare } from './compare.ts';
import { explain } from './explanations.ts';
import type { SeedPage } from './page.ts';
import { isSeed, parseSeed } from './parse-seed.ts';
import { readData, readMarkdown } from './read-page.ts';
import { type Finding, report } from './report.ts';
import { runSeed } from './run-seed.ts';

// Remakes days of the script that preceded this program, and compares the pages: `npm run seeds -- DIR`, where DIR has pages
// of that script as .txt files. Their papers, scores and settings go through the whole program. arXiv, the language model and
// Semantic Scholar are local fakes. Exits with 0 if all differences are explained, 1 if not, and 2 for wrong usage.

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const readSeeds = async (folder: string): Promise<{ seeds: SeedPage[]; failures: string[] }> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.txt')).sort();
  const seeds: SeedPage[] = [];
  const failures: string[] = [];
  for (const name of names) {
    const page = await readFile(join(folder, name), 'utf8');
    if (!isSeed(page)) continue;
    try {
      seeds.push(parseSeed(basename(name), page));
    } catch (error) {
      failures.push(`${name} cannot be read: ${messageOf(error)}`);
    }
  }
  if (seeds.length + failures.length === 0) throw new Error(`There are no pages in ${folder}.`);
  return { seeds: seeds.sort((a, b) => a.date.localeCompare(b.date)), failures };
};

const findingsOf = async (seed: SeedPage): Promise<Finding[]> => {
  const made = await runSeed(seed);
  const pages = { page: readMarkdown(made.markdown), data: readData(made.json) };
  return Object.entries(pages).flatMap(([where, ours]) =>
    compare(seed, ours).map((difference) => {
      return { day: seed.date, where, difference, ...explain(difference, seed) };
    }),
  );
};

const main = async (): Promise<number> => {
  const [folder, ...more] = process.argv.slice(2);
  if (folder === undefined || more.length > 0) {
    say('Usage: npm run seeds -- DIR, where DIR holds the pages to match as .txt files.');
    return 2;
  }
  const read = await readSeeds(folder).catch((error: unknown) => say(messageOf(error)));
  if (!read) return 2;
  const { seeds, failures } = read;
  const findings: Finding[] = [];
  for (const seed of seeds) {
    const since = performance.now();
    const { date, counts, remedial, file } = seed;
    say(`${date}${remedial ? ', remedial' : ''}: ${counts.relevant} papers of ${counts.announced} (${file}) …`);
    try {
      findings.push(...(await findingsOf(seed)));
      say(`  made and compared in ${((performance.now() - since) / 1_000).toFixed(1)} s`);
    } catch (error) {
      failures.push(`${date}: ${messageOf(error)}`);
      say('  failed');
    }
  }
  const unexplained = findings.filter(({ left }) => left).length;
  const papers = seeds.reduce((sum, { papers }) => sum + papers.length, 0);
  if (findings.length > 0) console.log(`${report(findings)}\n`);
  for (const failure of failures) console.log(failure);
  console.log(
    `${seeds.length} pages with ${papers} papers: ${findings.length - unexplained} differences explained, ${unexplained} not.`,
  );
  return unexplained + failures.length > 0 ? 1 : 0;
};

process.exitCode = await main();
