/**
 * Milliseconds that this thread has computed since the call. Other than a clock it counts nothing that the machine does
 * beside, so that a limit set with it holds on a busy one too.
 */
export const computing = (): (() => number) => {
  const since = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(since);
    return (user + system) / 1_000;
  };
};
