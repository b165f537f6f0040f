import { statSync } from 'node:fs';

/** One month of the simulation. */
export type Month = {
  month: string;
  days: number;
  papers: number;
  peakMb: number;
  /** In use after a garbage collection at the month's end; 0 if Node was started without `--expose-gc`. */
  heapMb: number;
  databaseMb: number;
  cpuSecondsPerDay: number;
};

const mb = 1 << 20;

const sizeOf = (file: string): number =>
  ['', '-wal'].reduce((sum, end) => sum + (statSync(file + end, { throwIfNoEntry: false })?.size ?? 0), 0);

/** Measures this process by month. */
export const createMonths = (databaseFiles: () => readonly string[]) => {
  const months: Month[] = [];
  let peak = 0;
  let cpu = process.cpuUsage();
  let days: { papers: number }[] = [];
  return {
    months,
    sample(): void {
      peak = Math.max(peak, process.memoryUsage.rss());
    },
    announced(papers: number): void {
      days.push({ papers });
    },
    /** @returns undefined for a month without announcements, which counts as part of the next. */
    end(month: string): Month | undefined {
      if (days.length === 0) return undefined;
      const { user, system } = process.cpuUsage(cpu);
      global.gc?.();
      const ended: Month = {
        ...{ month, days: days.length, papers: days.reduce((sum, { papers }) => sum + papers, 0) },
        peakMb: peak / mb,
        heapMb: global.gc ? process.memoryUsage().heapUsed / mb : 0,
        databaseMb: databaseFiles().reduce((sum, file) => sum + sizeOf(file), 0) / mb,
        cpuSecondsPerDay: (user + system) / 1e6 / days.length,
      };
      months.push(ended);
      days = [];
      peak = 0;
      cpu = process.cpuUsage();
      return ended;
    },
  };
};

const maxGrowth = 1.1;
const minDays = 10;

/** @returns why memory is not stable, if there are enough months to tell. The first one fills caches. */
export const checkMemory = (months: readonly Month[]): string[] => {
  const [, second, ...later] = months.filter(({ days }) => days >= minDays);
  const last = later.at(-1);
  if (!second || !last || last.peakMb <= second.peakMb * maxGrowth) return [];
  return [
    `Memory grew from ${second.peakMb.toFixed(0)} MB in ${second.month} to ${last.peakMb.toFixed(0)} MB in ${last.month}.`,
  ];
};
