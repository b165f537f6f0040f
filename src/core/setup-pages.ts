import type { Person } from './addresses.ts';
import type { Message } from './message.ts';

export const setupPath = '/-/setup';

/** Somebody who may act on the web page. `isOwner`: on Paperboy's own machine. */
export type SetupVisitor = { person: Person; isOwner: boolean };

/** Who may set Paperboy up. While `isNew`, everybody who may act on the web page. */
export type SetupRights = {
  /** True while the config is the built-in example. */
  isNew: boolean;
  isAdmin(visitor: SetupVisitor): boolean;
};

/** The pages that set Paperboy up. */
export type SetupPages = {
  isNew: SetupRights['isNew'];
  mayUse(visitor: SetupVisitor): boolean;
  /** Answers requests below `setupPath`, which come from Paperboy's own pages. */
  handle(request: Request, visitor: SetupVisitor): Promise<Response>;
};

/** What the bot does first after it was set up. */
export type FirstSteps = {
  channel: string;
  /** Instead of a first digest at once, a message to these people alone. */
  preview: { people: readonly Person[]; message: Message } | undefined;
};
