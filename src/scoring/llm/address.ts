const version = /\/v\d+\w*(\/|$)/;

/**
 * A fetch that completes a base URL without a version: if the server has no such path, it requests the same path
 * below `/v1`, and continues there if it exists. Servers such as DeepSeek's work without a version, so `/v1` is not
 * always added.
 */
export const completingFetch = (baseUrl: string, request: typeof fetch = fetch): typeof fetch => {
  if (version.test(baseUrl)) return request;
  let isCompleted = false;
  const completed = (url: string): string => `${baseUrl}/v1${url.slice(baseUrl.length)}`;
  const isMissing = ({ status }: Response): boolean => status === 404 || status === 405;

  return async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.startsWith(baseUrl)) return request(input, init);
    if (isCompleted) return request(completed(url), init);
    const response = await request(input, init);
    if (!isMissing(response)) return response;
    const other = await request(completed(url), init).catch(() => undefined);
    if (!other || isMissing(other)) {
      await other?.body?.cancel();
      return response;
    }
    await response.body?.cancel();
    isCompleted = true;
    return other;
  };
};
