/** Number of bytes to look at: enough to recognize UTF-16 without a byte order mark. */
const sampleSize = 4_096;

const startsWith = (bytes: Uint8Array, ...mark: number[]): boolean =>
  mark.every((byte, index) => bytes[index] === byte);

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** In UTF-16 text in a Latin script, every second byte is 0: the odd ones in little endian, which Windows writes. */
const encodingOf = (bytes: Uint8Array): Encoding => {
  if (startsWith(bytes, 0xff, 0xfe)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff)) return 'utf-16be';
  const zeros = { even: 0, odd: 0 };
  const sample = bytes.subarray(0, sampleSize);
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2 === 0 ? 'even' : 'odd'] += 1;
  const many = sample.length / 5;
  if (bytes.length % 2 === 1 || zeros.even + zeros.odd < many) return 'utf-8';
  if (zeros.even === 0) return 'utf-16le';
  return zeros.odd === 0 ? 'utf-16be' : 'utf-8';
};

/** Control characters that text never contains, unlike whitespace and the C1 controls. */
const control = /(?![\s\u0080-\u009f])\p{Cc}/u;

const isDecodable = (bytes: Uint8Array, encoding: Encoding): boolean => {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/**
 * Reads a file as text: UTF-8 or UTF-16, with or without a byte order mark.
 * @returns what is wrong and in which line, from 1, if it is not text. The fault is the rest of a sentence about the file.
 */
export const decodeText = (bytes: Uint8Array): { text: string } | { fault: string; line: number } => {
  const encoding = encodingOf(bytes);
  // Writes U+FFFD for what cannot be decoded.
  const text = new TextDecoder(encoding).decode(bytes);
  const faults = [text.search(control), isDecodable(bytes, encoding) ? -1 : text.indexOf('\ufffd')];
  const found = faults.filter((at) => at >= 0);
  if (found.length === 0) return { text };
  const line = text.slice(0, Math.min(...found)).split('\n').length;
  return { fault: 'is not text in UTF-8 or UTF-16; save it as UTF-8', line };
};
