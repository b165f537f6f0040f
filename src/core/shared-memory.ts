/** `left` is how many milliseconds the value will be kept for. */
export type SharedValue = { key: string; value: unknown; left: number };

/**
 * What the processes on one database tell each other. Values are kept for a given time, in milliseconds, and may be lost when
 * the database or its only process restarts. Keys of one `kind` are independent of those of others.
 */
export type SharedMemory = {
  /** Stores a value unless the key has one. @returns false if it has. */
  claim(kind: string, key: string, forMs: number, value?: unknown): Promise<boolean>;
  put(kind: string, key: string, value: unknown, forMs: number): Promise<void>;
  /** The time counts from the first addition. @returns the sum. */
  add(kind: string, key: string, amount: number, forMs: number): Promise<number>;
  remove(kind: string, key: string): Promise<void>;
  /** The values whose keys begin with a text, by key. */
  list(kind: string, prefix?: string): Promise<SharedValue[]>;
};
