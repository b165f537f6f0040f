import type { IncomingMessage, ServerResponse } from 'node:http';

export type BatchRoute = 'upload' | 'create' | 'list' | 'state' | 'cancel' | 'content' | 'delete';

/** How a batch goes. */
export type BatchPlan = {
  /** How often its state is read before it ends. Default: 1. */
  looks?: number;
  end?: 'completed' | 'expired' | 'failed';
  /** How many of its requests are answered if it expires or is cancelled. Default: none. */
  answered?: number;
  /** Why it failed. */
  refusal?: { code: string; message: string };
};

export type FakeBatchPlans = {
  /** Of a batch, counted from 0. */
  plan?(batch: number): BatchPlan;
  /** The status of a failed request, counted from 0 by route. `lost` does what was asked and closes the connection. */
  fails?(route: BatchRoute, nth: number): number | 'lost' | undefined;
  onCall?(route: BatchRoute, nth: number): void;
};

type StoredBatch = BatchPlan & {
  id: string;
  input: string;
  metadata: unknown;
  left: number;
  status: string;
  output: string | undefined;
  errors: string | undefined;
};

export type FakeBatches = {
  /** How often each route was called. */
  calls(route: BatchRoute): number;
  /** Ids of the files that were not deleted. */
  files(): string[];
  answer(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void>;
};

const routeOf = (method: string, path: string): BatchRoute | undefined => {
  if (path === '/v1/files') return method === 'POST' ? 'upload' : undefined;
  if (path === '/v1/batches') return method === 'POST' ? 'create' : 'list';
  if (path.endsWith('/content')) return 'content';
  if (path.endsWith('/cancel')) return 'cancel';
  return method === 'DELETE' ? 'delete' : 'state';
};

type Line = { custom_id: string; body: unknown };

/** OpenAI's Batch API. Answers are in the reverse order of the requests. */
export const createFakeBatches = (
  { plan = () => ({}), fails, onCall }: FakeBatchPlans = {},
  complete: (body: unknown) => { status: number; body: unknown },
): FakeBatches => {
  const files = new Map<string, string>();
  const batches: StoredBatch[] = [];
  const counts = new Map<BatchRoute, number>();
  let ids = 0;

  const save = (text: string): string => {
    ids += 1;
    files.set(`file-${ids}`, text);
    return `file-${ids}`;
  };

  const end = (batch: StoredBatch, status: string): void => {
    batch.status = status;
    if (status === 'failed') return;
    const lines = (files.get(batch.input) ?? '').split('\n').map((line) => JSON.parse(line) as Line);
    const answered = status === 'completed' ? lines.length : (batch.answered ?? 0);
    const results = lines.map(({ custom_id, body }, index) => {
      if (index >= answered) {
        const error = { code: 'batch_expired', message: 'This request could not be executed in time.' };
        return { id: `r-${index}`, custom_id, response: null, error };
      }
      const { status: status_code, body: answer } = complete(body);
      return { id: `r-${index}`, custom_id, response: { status_code, request_id: 'x', body: answer }, error: null };
    });
    const textOf = (some: typeof results): string | undefined =>
      some.length === 0
        ? undefined
        : save(
            some
              .toReversed()
              .map((line) => JSON.stringify(line))
              .join('\n'),
          );
    batch.output = textOf(results.filter(({ response }) => response?.status_code === 200));
    batch.errors = textOf(results.filter(({ response }) => response?.status_code !== 200));
  };

  const shown = ({ id, input, metadata, status, output, errors, refusal }: StoredBatch) => ({
    ...{ id, object: 'batch', endpoint: '/v1/chat/completions', completion_window: '24h', created_at: 0 },
    ...{ input_file_id: input, metadata, status, output_file_id: output ?? null, error_file_id: errors ?? null },
    errors: status === 'failed' && refusal ? { object: 'list', data: [refusal] } : null,
  });

  const look = (batch: StoredBatch): void => {
    batch.left -= 1;
    if (batch.left > 0) return;
    if (batch.status === 'in_progress') end(batch, batch.end ?? 'completed');
    else if (batch.status === 'cancelling') end(batch, 'cancelled');
  };

  const handle = async (route: BatchRoute, path: string, contentType: string, body: Buffer): Promise<unknown> => {
    const [, , kind, id] = path.split('/');
    const batch = kind === 'batches' ? batches.find((one) => one.id === id) : undefined;
    switch (route) {
      case 'upload': {
        const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
        const file = form.get('file');
        if (form.get('purpose') !== 'batch' || !(file instanceof File)) return undefined;
        return { id: save(await file.text()), object: 'file' };
      }
      case 'create': {
        const { input_file_id, metadata } = JSON.parse(body.toString()) as Record<string, unknown>;
        if (!files.has(String(input_file_id))) return undefined;
        const one = plan(batches.length);
        const made = { ...one, id: `batch_${batches.length + 1}`, input: String(input_file_id), metadata };
        batches.push({ ...made, left: one.looks ?? 1, status: 'in_progress', output: undefined, errors: undefined });
        return shown(batches.at(-1) as StoredBatch);
      }
      case 'list':
        return { object: 'list', data: batches.toReversed().map(shown), has_more: false };
      case 'state':
        if (batch) look(batch);
        return batch && shown(batch);
      case 'cancel':
        if (batch?.status === 'in_progress') [batch.status, batch.left] = ['cancelling', 2];
        return batch && shown(batch);
      case 'content':
        return id === undefined ? undefined : files.get(id);
      case 'delete':
        return id !== undefined && files.delete(id) ? { id, deleted: true } : undefined;
    }
  };

  return {
    calls: (route) => counts.get(route) ?? 0,
    files: () => [...files.keys()],
    async answer(request, body, response) {
      const path = (request.url ?? '').replace(/\?.*/, '');
      const route = routeOf(request.method ?? '', path);
      const nth = (route && counts.get(route)) ?? 0;
      if (route) counts.set(route, nth + 1);
      const failure = route && fails?.(route, nth);
      const isDone = route !== undefined && typeof failure !== 'number';
      const result = isDone ? await handle(route, path, request.headers['content-type'] ?? '', body) : undefined;
      if (route) onCall?.(route, nth);
      if (failure === 'lost') return void response.socket?.destroy();
      const status = failure ?? (result === undefined ? 404 : 200);
      response.writeHead(status, { 'content-type': 'application/json' });
      if (status !== 200) response.end(JSON.stringify({ error: { message: 'It failed.', code: null, param: null } }));
      else response.end(typeof result === 'string' ? result : JSON.stringify(result));
    },
  };
};
