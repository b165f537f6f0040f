/** Milliseconds of CPU that this thread has used since the call. Unlike wall-clock time, it does not grow on a busy machine. */
export const computing = (): (() => number) => {
  const since = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(since);
    return (user + system) / 1_000;
  };
};
