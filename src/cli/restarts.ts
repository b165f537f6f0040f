import type { Surroundings } from '../app.ts';
import { UserError } from '../core/errors.ts';
import type { FirstSteps } from '../core/setup-pages.ts';
import type { SetupParts } from '../setup/setup.ts';

/** Milliseconds that the work of the bot may take to end before it starts again. */
const graceMs = 10_000;

/** The bot from one start to the next. */
export type Turn = {
  /** Aborted at the end of the program, and when the bot is to start again. */
  signal: AbortSignal;
  /** Rejects if the work does not end in time after somebody set Paperboy up. */
  overdue: Promise<never>;
  setUp: NonNullable<Surroundings['setUp']>;
  /** Ends this turn; another one follows. */
  restart(first: FirstSteps): void;
  /** What the bot does first, because it was set up just now. */
  first: FirstSteps | undefined;
};

type RestartParts = Pick<SetupParts, 'env' | 'cwd' | 'platforms'> & { stop: AbortSignal };

/** Does the work, and does it again with the new files each time somebody sets Paperboy up on its pages. */
export const withRestarts = async (
  { stop, ...parts }: RestartParts,
  work: (turn: Turn) => Promise<void>,
): Promise<void> => {
  const { createSetupPages } = await import('../setup/web/pages.ts');
  let first: FirstSteps | undefined;
  for (;;) {
    const again = new AbortController();
    const { promise: overdue, reject } = Promise.withResolvers<never>();
    overdue.catch(() => {});
    let next: FirstSteps | undefined;
    const restart = (steps: FirstSteps): void => {
      next = steps;
      again.abort(new UserError('The set-up was changed.'));
      const late = new UserError('The set-up is saved, but Paperboy could not start again. Type npm start.');
      setTimeout(() => reject(late), graceMs).unref();
    };
    await work({
      ...{ signal: AbortSignal.any([stop, again.signal]), overdue, restart, first },
      setUp: (services, rights) => createSetupPages({ ...parts, restart }, services, rights),
    });
    if (!again.signal.aborted || stop.aborted) return;
    first = next;
  }
};
