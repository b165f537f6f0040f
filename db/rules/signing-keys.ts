import { randomBytes } from 'node:crypto';

/** As many as HMAC-SHA256 has in its output: RFC 2104, 3. */
const keyBytes = 32;

export const newSigningKey = (): string => randomBytes(keyBytes).toString('base64url');
