import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const usageSchema = z.object({ cpuMs: z.number(), maxRssMb: z.number(), wallMs: z.number() });

/** What one process used: user and system time of all its threads, its peak memory, and its time from start to exit. */
export type Usage = z.infer<typeof usageSchema>;

/** A process to be measured. */
export type Measured = {
  /** Script and arguments. */
  command: readonly string[];
  env: Record<string, string>;
  /** Ends the process by SIGTERM when each of these has been in its log; without any it ends by itself. */
  until: readonly RegExp[];
};

const config = `
scorer: { model: gpt-4o-mini }
channels:
  - name: bench
    post: [slack:C01GEN]
    categories: [cs.LG, cs.AI]
    topics: ${JSON.stringify(join(import.meta.dirname, '..', '..', 'config', 'topics', 'foundations.md'))}
    cutoffs: { relevance: 8, novelty: 7 }
    top: 50
`;

/** Runs a process in a folder of its own, with an empty database. @throws Error with its log where it fails. */
export const measure = async ({ command, env, until }: Measured): Promise<Usage & { stdout: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-bench-'));
  try {
    await writeFile(join(folder, 'paperboy.yaml'), config);
    const usageFile = join(folder, 'usage.json');
    const hook = pathToFileURL(join(import.meta.dirname, 'usage-hook.ts')).href;
    const child = spawn(process.execPath, ['--import', hook, ...command], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        PAPERBOY_CONFIG: 'paperboy.yaml',
        PAPERBOY_HTTP: '127.0.0.1:0',
        DATABASE_URL: 'file:./paperboy.db',
        BENCH_USAGE_FILE: usageFile,
        ...env,
      },
    });
    const log: string[] = [];
    const missing = new Set(until);
    createInterface(child.stderr).on('line', (line) => {
      log.push(line);
      for (const pattern of missing) {
        if (pattern.test(line)) missing.delete(pattern);
        // Told once: a second signal means "at once".
        if (pattern.test(line) && missing.size === 0) child.kill('SIGTERM');
      }
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${log.join('\n')}`);
    return { ...usageSchema.parse(JSON.parse(await readFile(usageFile, 'utf8'))), stdout };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
