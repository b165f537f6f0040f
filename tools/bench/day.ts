import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type ProcessUsage, readUsage, usageHook } from './process-usage.ts';
import { median } from './quantile.ts';
import { table } from './table.ts';

type Measured = {
  command: readonly string[];
  env: Record<string, string>;
  /** Sends SIGTERM once the log has matched all of these. If empty, the process exits without a signal. */
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

/** Runs a process in a new folder with an empty database. @throws Error with its log. */
const measure = async ({ command, env, until }: Measured): Promise<ProcessUsage & { stdout: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-bench-'));
  try {
    await writeFile(join(folder, 'paperboy.yaml'), config);
    const usageFile = join(folder, 'usage.json');
    const child = spawn(process.execPath, ['--import', usageHook, ...command], {
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
        // Sent once, because a second signal ends the bot at once.
        if (pattern.test(line) && missing.size === 0) child.kill('SIGTERM');
      }
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${log.join('\n')}`);
    return { ...(await readUsage(usageFile)), stdout };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

// Measures the CPU time and memory of one day's run, and how much of each goes to loading modules: `npm run bench --
// day`. If ARXIV_RSS_URL, ARXIV_WEB_URL and OPENAI_BASE_URL are set, only Slack is a fake.

const rounds = 5;
const targets = { cpuMs: 4_000, maxRssMb: 250 };

const launcher = join(import.meta.dirname, '..', '..', 'paperboy.mjs');
const imports = join(import.meta.dirname, 'imports.ts');

const startRemotes = async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'remotes.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    return { env: z.record(z.string(), z.string()).parse(JSON.parse(line)), close: () => void child.stdin.end() };
  }
  throw new Error('the fake remotes did not start');
};

const outside = (): Record<string, string> => {
  const { ARXIV_RSS_URL, ARXIV_WEB_URL, OPENAI_BASE_URL, OPENAI_API_KEY, PAPERBOY_NOW } = process.env;
  if (!ARXIV_RSS_URL || !ARXIV_WEB_URL || !OPENAI_BASE_URL) return {};
  return {
    ...{ ARXIV_RSS_URL, ARXIV_WEB_URL, OPENAI_BASE_URL },
    OPENAI_API_KEY: OPENAI_API_KEY ?? '',
    PAPERBOY_NOW: PAPERBOY_NOW ?? '',
  };
};

const spread = (usages: readonly ProcessUsage[], key: keyof ProcessUsage, unit: number, digits: number): string => {
  const values = usages.map((usage) => usage[key] / unit);
  const [middle, low, high] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  );
  return `${middle} (${low}–${high})`;
};

const share = (part: readonly ProcessUsage[], whole: readonly ProcessUsage[], key: keyof ProcessUsage): string => {
  const [of, all] = [part, whole].map((usages) => median(usages.map((usage) => usage[key])));
  return `${Math.round((100 * (of ?? 0)) / (all || 1))}%`;
};

const remotes = await startRemotes();
try {
  const env = { ...remotes.env, ...outside() };
  const defaults = { env, until: [] };
  const packages = 'openai @slack/web-api';
  const kinds = {
    'imports of run': { ...defaults, command: [imports, '--version'], env: { ...env, BENCH_PACKAGES: packages } },
    run: { ...defaults, command: [launcher, 'run', '--json'] },
    'imports of start': {
      ...defaults,
      command: [imports, '--version'],
      env: { ...env, BENCH_PACKAGES: `${packages} @slack/bolt` },
    },
    'start, all posted': {
      ...defaults,
      command: [launcher, 'start', '--now'],
      until: [/"status":"posted"/, /listening on Slack|cannot listen to the platform/],
    },
  } satisfies Record<string, Measured>;
  type Kind = keyof typeof kinds;

  const names = Object.keys(kinds) as Kind[];
  const used = new Map<Kind, ProcessUsage[]>(names.map((name) => [name, []]));
  const usagesOf = (name: Kind): ProcessUsage[] => used.get(name) ?? [];
  // The first round is not counted, because it fills Node's compile cache.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const { stdout, ...usage } = await measure(kinds[name]);
      if (round === 0 && name === 'run') console.log(`The day: ${stdout}`);
      if (round > 0) usagesOf(name).push(usage);
    }
  }

  const row = (name: Kind): string[] => [
    name,
    spread(usagesOf(name), 'cpuMs', 1_000, 2),
    spread(usagesOf(name), 'maxRssMb', 1, 0),
    spread(usagesOf(name), 'wallMs', 1_000, 2),
  ];
  const shareRow = (part: Kind, whole: Kind): string[] => [
    `share of imports in ${whole}`,
    share(usagesOf(part), usagesOf(whole), 'cpuMs'),
    share(usagesOf(part), usagesOf(whole), 'maxRssMb'),
    share(usagesOf(part), usagesOf(whole), 'wallMs'),
  ];
  console.log(
    table([
      [`median (min–max) of ${rounds}`, 'own CPU, s', 'peak memory, MB', 'wall, s'],
      ...names.map(row),
      shareRow('imports of run', 'run'),
      shareRow('imports of start', 'start, all posted'),
    ]),
  );
  const whole = usagesOf('start, all posted');
  const isWithin = (key: keyof typeof targets): boolean => median(whole.map((usage) => usage[key])) < targets[key];
  console.log(
    `\nTargets with Slack connected: own CPU under ${targets.cpuMs / 1_000} s (${isWithin('cpuMs') ? 'met' : 'MISSED'}), peak memory under ${targets.maxRssMb} MB (${isWithin('maxRssMb') ? 'met' : 'MISSED'}).`,
  );
} finally {
  remotes.close();
}
