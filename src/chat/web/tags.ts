import { hash } from 'node:crypto';
import QuickLRU from 'quick-lru';
import type { LiveSite, Reader, SiteFile } from '../../core/site.ts';

const maxRemembered = 10_000;

type Tagged = {
  tag: string;
  type: SiteFile['type'];
  /** Undefined if the browser has this version. */
  body: Uint8Array<ArrayBuffer> | undefined;
};

/** Whether the header If-None-Match names a tag: RFC 9110, 13.1.2. */
const isNamed = (tag: string, header: string | undefined): boolean =>
  header !== undefined && (header.trim() === '*' || header.split(',').some((one) => one.trim() === tag));

/**
 * The files of a site with entity tags. A tag is the hash of what a reader gets, so it differs between readers whose
 * pages differ. If nothing has changed since a page was made for a reader, its tag is known without making it again.
 */
export const createTaggedFiles = ({ file, version }: Pick<LiveSite, 'file' | 'version'>) => {
  const remembered = new QuickLRU<string, { version: number; tag: string; type: string }>({ maxSize: maxRemembered });

  /** @param known The header If-None-Match. @returns undefined if there is no such file. */
  return async (path: string, reader: Reader, known: string | undefined): Promise<Tagged | undefined> => {
    const key = JSON.stringify([path, reader]);
    // Read before the page is made, so that a change meanwhile counts as later.
    const now = await version();
    const before = remembered.get(key);
    if (before?.version === now && isNamed(before.tag, known)) return { ...before, body: undefined };
    const made = await file(path, reader, now);
    if (!made) return undefined;
    const { type } = made;
    // Converted once: for the hash and for the connection.
    const body = typeof made.body === 'string' ? Buffer.from(made.body) : made.body;
    // Weak, because a proxy may compress the page.
    const tag = `W/"${hash('sha256', body, 'base64url')}"`;
    remembered.set(key, { version: now, tag, type });
    return { tag, type, body: isNamed(tag, known) ? undefined : body };
  };
};
