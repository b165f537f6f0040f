import { readFileSync, writeFileSync } from 'node:fs';

// Loaded into a measured process with `--import`. Writes its peak memory in MB on exit. The peak that the system reports
// for a process starts with that of its parent, so the kernel's count for this program is read.
process.once('exit', () => {
  const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (process.env.OUTAGES_MEMORY) writeFileSync(process.env.OUTAGES_MEMORY, String(Number(kilobytes) / 1_024));
});
