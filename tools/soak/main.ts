import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import v8 from 'node:v8';
import { z } from 'zod';
import { checkMemory } from './months.ts';
import { monthPicture, monthTable } from './report.ts';
import { simulateYear } from './year.ts';

const usage = `npm run soak -- [--days N] [--seed N] [--picture FILE] [--json FILE]

Runs Paperboy for N announcement days (default 250, a year) in simulated time, in this process: five channels, votes,
commands, restarts, clock changes, holidays and outages, against fake remotes on this machine. Exits with 1 if a channel
lost a day or got one twice, if health hides an outage, or if memory grew. The seed repeats a failure.`;

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '250' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    picture: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(usage);
  process.exit();
}
// As paperboy.mjs does.
v8.setFlagsFromString('--semi-space-growth-factor=1');

const count = z.coerce.number().int().positive();
const days = count.max(700).parse(values.days);
const seed = count.parse(values.seed);
console.log(`${days} announcement days with the seed ${seed}`);
const repeat = `npm run soak -- --days ${days} --seed ${seed}`;
const began = performance.now();
const { months, digests, restarts, faults } = await simulateYear(days, seed, (month) => {
  console.error(
    `${month.month}: ${month.days} days, peak ${month.peakMb.toFixed(0)} MB, heap ${month.heapMb.toFixed(1)} MB`,
  );
}).catch((error: unknown) => {
  console.error(`Failed. Repeat with: ${repeat}`);
  throw error;
});
const found = [...faults, ...checkMemory(months)];
const seconds = ((performance.now() - began) / 1_000).toFixed(0);
console.log(`\n${monthTable(months)}\n\n${digests} digests, ${restarts} restarts of a bot, in ${seconds} s`);
if (values.picture) await writeFile(values.picture, monthPicture(months));
if (values.json) {
  const result = { days, seed, months, digests, restarts, faults: found };
  await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`);
}
for (const fault of found) console.error(fault);
if (found.length > 0) console.error(`Failed. Repeat with: ${repeat}`);
// A request that is being retried must not keep the process alive.
process.exit(found.length > 0 ? 1 : 0);
