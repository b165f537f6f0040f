import { inspect } from 'node:util';

/** Random keys of this Paperboy's own, which a restart keeps. */
export type SigningKeyStore = {
  /** Makes the key if there is none yet. */
  keyFor(purpose: 'web sessions'): Promise<Secret>;
};

/** A token or key. It prints as `[secret]` in logs, JSON and texts; only `reveal` returns its value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
