import type { Clock } from '../../core/clock.ts';
import type { Message } from '../../core/message.ts';

type Parts = {
  show(message: Message): Promise<void>;
  pauseAfter(shown: number): number | undefined;
  onError(error: unknown): void;
  clock: Pick<Clock, 'sleep'>;
};

export type Progress = {
  /** Resolves at once, so that the command continues. */
  tell(message: Message): Promise<void>;
  /** Resolves when no message is being shown. Call this before answering, so that the answer comes last. */
  end(): Promise<void>;
};

/** Shows the progress of a command. If messages arrive faster than the pauses allow, shows only the newest. */
export const createProgress = ({ show, pauseAfter, onError, clock }: Parts): Progress => {
  const over = new AbortController();
  let newest: Message | undefined;
  let showing: Promise<void> | undefined;
  let shown = 0;

  const showAll = async (): Promise<void> => {
    while (newest && !over.signal.aborted) {
      const message = newest;
      newest = undefined;
      await show(message);
      shown += 1;
      const pause = pauseAfter(shown);
      if (pause === undefined) over.abort();
      else await clock.sleep(pause, over.signal).catch(() => {});
    }
    showing = undefined;
  };

  return {
    async tell(message) {
      if (over.signal.aborted) return;
      newest = message;
      showing ??= showAll().catch((error: unknown) => {
        over.abort();
        onError(error);
      });
    },
    async end() {
      over.abort();
      await showing;
    },
  };
};
