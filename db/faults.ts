import { databaseUnopened, errorText, systemFault, UserError } from '../src/core/errors.ts';

/** A UserError if the file or the disk is at fault, otherwise the error itself. */
export const storageFailure = (error: unknown, file: string): unknown => {
  const isFileError = /^E[A-Z]+$/.test(String((error as NodeJS.ErrnoException | undefined)?.code));
  const fault = systemFault(error) ?? (isFileError ? databaseUnopened : undefined);
  if (!fault) return error;
  return new UserError(`${fault.what} (${file}: ${errorText(error)}). ${fault.fix}.`, { cause: error });
};

/** The same methods, with storage failures as UserErrors. */
export const withFailures = <Store extends object>(store: Store, file: string): Store =>
  Object.fromEntries(
    Object.entries(store).map(([name, method]) => [
      name,
      async (...args: unknown[]): Promise<unknown> => {
        try {
          return await method(...args);
        } catch (error) {
          throw storageFailure(error, file);
        }
      },
    ]),
  ) as Store;
