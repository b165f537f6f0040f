import { inspect } from 'node:util';

/** Random keys of this Paperboy's own, which a restart keeps. */
export type SigningKeyStore = {
  /** Makes the key if there is none yet. */
  keyFor(purpose: 'web sessions' | 'known browsers'): Promise<Secret>;
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

/** Masking shorter values would mask ordinary words. No service has shorter keys. */
const minMaskedLength = 8;

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** The parts of a URL that an error may quote alone, such as the password of a proxy. */
const partsOf = (value: string): string[] => {
  if (!URL.canParse(value)) return [];
  const { username, password } = new URL(value);
  if (password === '') return [];
  const plain = decoded(password);
  return [password, plain, Buffer.from(`${decoded(username)}:${plain}`).toString('base64')];
};

/** How a secret may appear in a text: as it is, in JSON, in a URL, and for a URL with a password, that. */
const formsOf = (secret: Secret): string[] => {
  const value = secret.reveal();
  const texts = [value, ...partsOf(value)];
  const forms = texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)]);
  // Longest first, so that no part of a longer one is left.
  return [...new Set(forms)].filter(({ length }) => length >= minMaskedLength).sort((a, b) => b.length - a.length);
};

/** Replaces these secrets in a text by `[secret]`. */
export const maskOf = (secrets: readonly Secret[]): ((text: string) => string) => {
  const forms = secrets.flatMap(formsOf);
  return (text) => forms.reduce((masked, form) => masked.replaceAll(form, '[secret]'), text);
};

let mask = maskOf([]);

/**
 * Sets the keys that remotes are sent, which none of their texts may repeat. Process-wide like the environment that they
 * come from, because errors are made everywhere.
 */
export const concealSecrets = (secrets: readonly Secret[]): void => {
  mask = maskOf(secrets);
};

/** A text of a remote, which may repeat a key that it was sent. */
export const withoutSecrets = (text: string): string => mask(text);
