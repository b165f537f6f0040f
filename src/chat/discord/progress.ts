import type { Clock } from '../../core/clock.ts';
import type { Message } from '../../core/message.ts';

/** Milliseconds between two changes of what is shown. */
const pace = 1_000;

type Parts = {
  show(message: Message): Promise<void>;
  /** Told of what could not be shown, once. */
  onError(error: unknown): void;
  clock: Pick<Clock, 'sleep'>;
};

/** Shows how far a command is, at most once a second and then the newest; what comes in between is left out. */
export const createProgress = ({ show, onError, clock }: Parts) => {
  const over = new AbortController();
  let newest: Message | undefined;
  let showing: Promise<void> | undefined;

  const showAll = async (): Promise<void> => {
    while (newest && !over.signal.aborted) {
      const message = newest;
      newest = undefined;
      await show(message);
      await clock.sleep(pace, over.signal).catch(() => {});
    }
    showing = undefined;
  };

  return {
    /** Resolves at once: the command goes on meanwhile. */
    async tell(message: Message): Promise<void> {
      if (over.signal.aborted) return;
      newest = message;
      showing ??= showAll().catch((error: unknown) => {
        over.abort();
        onError(error);
      });
    },
    /** Resolves when nothing more is shown, so that the answer is what stands in the end. */
    async end(): Promise<void> {
      over.abort();
      await showing;
    },
  };
};
