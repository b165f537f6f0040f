/** Milliseconds of CPU that this thread uses for the work. Unlike wall-clock time, they do not grow on a busy machine. */
const cpuOf = async (work: () => unknown): Promise<number> => {
  const since = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(since);
  return (user + system) / 1_000;
};

/** Some systems count CPU in ticks of this many milliseconds. */
const tickMs = 10;

/** Above what linear work needs for eight times the input (8 times the CPU), and below what quadratic work needs (64). */
export const linear = 24;

/**
 * How many times the CPU grows if the input grows to eight times `size`. A ratio is the same on a fast machine and on a
 * slow one. Choose a size that takes quadratic work over a second. The best of three runs counts.
 */
export const growth = async (work: (size: number) => unknown, size: number): Promise<number> => {
  const small = Math.max(tickMs, await cpuOf(() => work(size)));
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && best >= linear; run += 1)
    best = Math.min(best, (await cpuOf(() => work(8 * size))) / small);
  return best;
};
