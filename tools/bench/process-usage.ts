import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const usageSchema = z.object({ cpuMs: z.number(), maxRssMb: z.number(), wallMs: z.number() });

export type ProcessUsage = z.infer<typeof usageSchema>;

/** To be loaded with --import into a process whose BENCH_USAGE_FILE names a file. */
export const usageHook = pathToFileURL(join(import.meta.dirname, 'usage-hook.ts')).href;

export const readUsage = async (file: string): Promise<ProcessUsage> =>
  usageSchema.parse(JSON.parse(await readFile(file, 'utf8')));
