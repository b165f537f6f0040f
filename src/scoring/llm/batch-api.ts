import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import { unreadableFailure } from './call-error.ts';
import type { Connection } from './connection.ts';
import { type ReadAnswer, readAnswer } from './response.ts';

/** A request as a line of a batch's file. */
export type BatchLine = { id: string; body: object };

export type BatchState = {
  isDone: boolean;
  /** Why the provider refused the whole batch: its code and its words. */
  refusal: { code: string; text: string } | undefined;
  /** Ids of the batch's files: the requests, the answers, and the requests that failed. */
  files: { requests?: string | undefined; answers?: string | undefined; failures?: string | undefined };
};

export type BatchAnswers = {
  /** By the ids of their lines. Lines that failed have none. */
  answers: Map<string, ReadAnswer>;
  /** What the provider says about the first line that failed. */
  failure: string | undefined;
};

/** OpenAI's Batch API: https://developers.openai.com/api/docs/guides/batch. Methods throw CallError. */
export type BatchApi = {
  service: string;
  /** @returns the id of the file. */
  upload(key: string, lines: readonly BatchLine[], signal: AbortSignal): Promise<string>;
  /** @param key For `find`. @returns the id of the batch. */
  create(key: string, fileId: string, signal: AbortSignal): Promise<string>;
  /** The id of the batch with a key, among the newest. */
  find(key: string, signal: AbortSignal): Promise<string | undefined>;
  state(batchId: string, signal: AbortSignal): Promise<BatchState>;
  cancel(batchId: string, signal: AbortSignal): Promise<void>;
  answers(state: BatchState, signal: AbortSignal): Promise<BatchAnswers>;
  /** Deletes the files, which nobody needs once the answers are stored. */
  clean(state: BatchState, signal: AbortSignal): Promise<void>;
};

const done = ['completed', 'failed', 'expired', 'cancelled'];

const created = z.object({ id: z.string().min(1) });

const text = z.string().nullish().catch(undefined);

const stateSchema = z.object({
  status: z.string().toLowerCase(),
  input_file_id: text,
  output_file_id: text,
  error_file_id: text,
  errors: z
    .object({ data: z.array(z.object({ code: text, message: text })).nullish() })
    .nullish()
    .catch(undefined),
});

const keyName = 'paperboy';

const listSchema = z.object({
  data: z.array(created.extend({ metadata: z.record(z.string(), z.unknown()).nullish().catch(undefined) })),
});

/** The largest number that the API lists at a time. */
const maxListed = 100;

const lineSchema = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.number(), body: z.unknown() }).nullish(),
  error: z.object({ code: text, message: text }).nullish().catch(undefined),
});

/** Leaves out damaged lines. */
const linesIn = (file: string): z.output<typeof lineSchema>[] =>
  file.split('\n').flatMap((line) => lineSchema.safeParse(parseJson(line)).data ?? []);

const failureIn = ({ response, error }: z.output<typeof lineSchema>): string => {
  const answer = response ? readAnswer(response.body) : undefined;
  const words = [response?.status_code, error?.code, error?.message, answer?.kind === 'failure' ? answer.text : ''];
  return words.filter(Boolean).join(' ');
};

export const createBatchApi = (connection: Connection): BatchApi => {
  const { service } = connection;
  const read = <Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> => {
    const { data, error } = schema.safeParse(value);
    if (error) throw unreadableFailure(service, what, error);
    return data;
  };

  return {
    service,
    async upload(key, lines, signal) {
      const texts = lines.map(({ id, body }) =>
        JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body }),
      );
      const file = new File([texts.join('\n')], `${keyName}-${key}.jsonl`, { type: 'application/jsonl' });
      const answer = await connection.request((sdk, how) => sdk.files.create({ file, purpose: 'batch' }, how), {
        signal,
      });
      return read(created, answer, 'no id of a file').id;
    },

    async create(key, fileId, signal) {
      const answer = await connection.request(
        (sdk, how) =>
          sdk.batches.create(
            {
              ...{ input_file_id: fileId, endpoint: '/v1/chat/completions', completion_window: '24h' },
              metadata: { [keyName]: key },
            },
            how,
          ),
        { signal },
      );
      return read(created, answer, 'no id of a batch').id;
    },

    async find(key, signal) {
      const page = await connection.request((sdk, how) => sdk.batches.list({ limit: maxListed }, how), { signal });
      const { data } = read(listSchema, { data: page.data }, 'no list of batches');
      return data.find(({ metadata }) => metadata?.[keyName] === key)?.id;
    },

    async state(batchId, signal) {
      const answer = await connection.request((sdk, how) => sdk.batches.retrieve(batchId, how), { signal });
      const { status, errors, ...files } = read(stateSchema, answer, 'no state of a batch');
      const [first] = errors?.data ?? [];
      return {
        isDone: done.includes(status),
        refusal: status === 'failed' ? { code: first?.code ?? '', text: first?.message ?? '' } : undefined,
        files: {
          requests: files.input_file_id || undefined,
          answers: files.output_file_id || undefined,
          failures: files.error_file_id || undefined,
        },
      };
    },

    async cancel(batchId, signal) {
      await connection.request((sdk, how) => sdk.batches.cancel(batchId, how), { signal });
    },

    async answers({ files }, signal) {
      const contentOf = async (file: string | undefined): Promise<z.output<typeof lineSchema>[]> =>
        file === undefined
          ? []
          : linesIn(
              await connection.request(async (sdk, how) => (await sdk.files.content(file, how)).text(), { signal }),
            );
      const answers = new Map<string, ReadAnswer>();
      for (const { custom_id, response } of await contentOf(files.answers))
        if (response?.status_code === 200) answers.set(custom_id, readAnswer(response.body));
      const [failed] = await contentOf(files.failures);
      return { answers, failure: failed && failureIn(failed) };
    },

    async clean({ files }, signal) {
      for (const file of [files.requests, files.answers, files.failures])
        if (file !== undefined) await connection.request((sdk, how) => sdk.files.delete(file, how), { signal });
    },
  };
};
