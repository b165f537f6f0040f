import { z } from 'zod';

export type Answer = { status?: number; headers?: Record<string, string>; body?: object | string };

export type Request = { body: unknown; query: URLSearchParams; files: string[] };

export type Route = [method: string, path: RegExp, handle: (ids: string[], request: Request) => Answer];

export const refusal = (status: number, code: number, message = 'refused'): Answer => ({
  status,
  body: { code, message },
});

/** Reads a body. Like Discord, refuses one that breaks a limit with 50035. */
export const read = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw refusal(400, 50_035, `Invalid Form Body\n${z.prettifyError(parsed.error)}`);
};

/** The handler gets the values of the `:id`s in order. */
export const route = (method: string, path: string, handle: Route[2]): Route => [
  method,
  new RegExp(`^${path.replaceAll(':id', '([^/]+)')}$`),
  handle,
];
