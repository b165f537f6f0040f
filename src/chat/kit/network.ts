/** Why a request got no response: the code or message of the innermost cause. */
export const networkReason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.cause) return networkReason(error.cause);
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'it did not answer in time';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
};

export const isPassing = (status: number): boolean => status >= 500 || status === 408 || status === 429;
