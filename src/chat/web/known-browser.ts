import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import type { Secret } from '../../core/secret.ts';

const cookieName = 'paperboy-known';

const path = '/sign-in';

/** Undefined unless this browser has signed in before. Signing out and a new secret change nothing about it. */
export const knownBrowser = async (context: Context, key: Secret): Promise<string | undefined> => {
  const name = await getSignedCookie(context, key.reveal(), cookieName);
  return name ? `browser ${name}` : undefined;
};

/**
 * Marks a browser that has signed in, so that its attempts count apart from those of its address, which others may share
 * and use up. The cookie says nothing about the person: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
export const rememberBrowser = async (
  context: Context,
  key: Secret,
  options: { maxAge: number; secure: boolean },
): Promise<void> => {
  const name = randomBytes(16).toString('base64url');
  await setSignedCookie(context, cookieName, name, key.reveal(), {
    ...options,
    ...{ path, httpOnly: true, sameSite: 'Strict' },
  });
};
