import { UserError } from '../../core/errors.ts';
import type { Platform } from '../../core/platform.ts';

/**
 * The web page as a platform. It renders from the stores, so a digest is on it as soon as it is stored: sending means
 * only that the outbox knows the delivery as done.
 */
export const createWebPlatform = (): Platform => ({
  name: 'web',
  async connect() {},
  async resolve(destination) {
    if (destination === 'web') return destination;
    throw new UserError(`"${destination}" is no place on the web page. Write web alone.`);
  },
  async listen() {},
  async send({ destination, key }) {
    return { destination, messageId: key };
  },
  async find({ destination, key }) {
    return { destination, messageId: key };
  },
  async reactions() {
    return [];
  },
  async check() {
    // Whether the page is served is the program's to tell.
    return [];
  },
  async close() {},
});
