import { writeFileSync } from 'node:fs';

// Loaded into a measured process with --import. Writes the process's usage on exit.
process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1_000, maxRssMb: maxRSS / 1_024, wallMs: performance.now() };
  if (process.env.BENCH_USAGE_FILE) writeFileSync(process.env.BENCH_USAGE_FILE, JSON.stringify(usage));
});
