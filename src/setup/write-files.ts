import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemFault, UserError } from '../core/errors.ts';

export type PlannedFile = {
  path: string;
  /** For people. */
  shown: string;
  before: string | undefined;
  after: string;
  isSecret: boolean;
};

/** Only the owner may read tokens. */
const secretMode = 0o600;

/** The folder takes no new files, although the file itself may be writable: a service may write `.env`, not its folder. */
const noNewFiles = new Set(['EROFS', 'EACCES', 'EPERM']);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** A crash in the meantime can leave a part of it. */
const overwrite = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'r+');
  try {
    const bytes = Buffer.from(text);
    await file.write(bytes, 0, bytes.length, 0);
    await file.truncate(bytes.length);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** A whole new file beside the old one; undefined if only the old one can be written. */
const draftOf = async ({ path, before, isSecret }: PlannedFile, text: string): Promise<string | undefined> => {
  const draft = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, text, isSecret ? { mode: secretMode } : {});
    return draft;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    if (before === undefined || !noNewFiles.has(codeOf(error))) throw error;
    await (await open(path, 'r+')).close();
    return undefined;
  }
};

const replace = async (file: PlannedFile, draft: string | undefined, text: string): Promise<void> => {
  const { path, isSecret } = file;
  if (draft === undefined) return overwrite(path, text);
  try {
    await rename(draft, path);
  } catch (error) {
    // A file that is mounted into a container cannot be replaced.
    if (codeOf(error) !== 'EBUSY') throw error;
    await overwrite(path, text);
    await rm(draft, { force: true });
  }
  if (isSecret) await chmod(path, secretMode);
};

const restore = async (file: PlannedFile): Promise<void> => {
  const { path, before } = file;
  if (before === undefined) await rm(path, { force: true });
  else await replace(file, await draftOf(file, before), before);
};

const init = '"npm run -s paperboy -- init"';
const install = '"npm run -s paperboy -- service install"';

/** What keeps a file from being written, and what to do; undefined if the error is another one. */
const writeFault = ({ shown }: PlannedFile, error: unknown): UserError | undefined => {
  const code = codeOf(error);
  if (code === 'EROFS')
    return new UserError(
      `Paperboy may not write ${shown}, so nothing was saved. If it runs as a service, type ${install} in a terminal; otherwise, run ${init} where the folder can be written, and restart Paperboy.`,
    );
  const fault = systemFault(error);
  if (fault) return new UserError(`${fault.what}, so nothing was saved. ${fault.fix}.`);
  if (code === '') return undefined;
  return new UserError(
    `${shown} cannot be written (${code}), so nothing was saved. Let the user that runs Paperboy write there, or run ${init} as the owner of its folder and restart it.`,
  );
};

/**
 * Writes all files or none: each as a whole if its folder allows that, and otherwise in place.
 * @throws UserError that names the file and what to do.
 */
export const writeFiles = async (files: readonly PlannedFile[]): Promise<void> => {
  const drafts = new Map<PlannedFile, string | undefined>();
  const begun: PlannedFile[] = [];
  let at: PlannedFile | undefined;
  try {
    for (at of files) drafts.set(at, await draftOf(at, at.after));
    for (at of files) {
      begun.push(at);
      await replace(at, drafts.get(at), at.after);
    }
  } catch (error) {
    for (const draft of drafts.values()) if (draft !== undefined) await rm(draft, { force: true }).catch(() => {});
    for (const file of begun) await restore(file).catch(() => {});
    throw (at && writeFault(at, error)) ?? error;
  }
};
