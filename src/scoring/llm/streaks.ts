import type { ScorerStop } from '../../core/score.ts';
import type { CallError } from './call-error.ts';

/** Failures in a row that end a run. All but `unanswered` count requests about one paper. */
const maxInARow = {
  unanswered: 3,
  unreadable: 3,
  refused: 3,
  timeouts: 2,
};

/** Timeouts of requests of any size that end a run which got no answer at all. The last of them must be about one paper. */
const maxTimeoutsWithoutAnswer = 2;

/**
 * Counts failures in a row. Each method returns the reason to stop once there are too many.
 * @param hasHung True if the server hung in the last run. Then one timeout shows that it still does.
 */
export const createStreaks = (service: string, hasHung = false) => {
  let timeoutsOfAnySize = hasHung ? 1 : 0;
  let isHanging = false;
  const count = { unanswered: 0, unreadable: 0, refused: 0, timeouts: 0 };
  let hasAnswered = false;
  let lastRefusal: CallError | undefined;
  const stopOf = (kind: ScorerStop['kind'], { message, remedy }: CallError): ScorerStop => {
    return { kind, reason: message, remedy };
  };

  return {
    count: (): Readonly<typeof count> => count,
    answered: (papers: number, verdicts: number): ScorerStop | undefined => {
      hasAnswered ||= verdicts > 0;
      const unreadable = verdicts > 0 ? 0 : count.unreadable + (papers === 1 ? 1 : 0);
      Object.assign(count, { unanswered: 0, refused: 0, timeouts: 0, unreadable });
      // Papers that are still without a verdict at the end do not show that the model is wrong.
      if (hasAnswered || unreadable < maxInARow.unreadable) return undefined;
      return {
        kind: 'outage',
        reason: `${service} sent ${maxInARow.unreadable} answers in a row without scores`,
        remedy: 'Choose another scorer.model, because this one does not answer in the requested form.',
      };
    },
    unanswered: (error: CallError): ScorerStop | undefined => {
      count.unanswered += 1;
      const isHopeless = error.problem === 'unreadable' && !hasAnswered;
      return isHopeless || count.unanswered >= maxInARow.unanswered ? stopOf('outage', error) : undefined;
    },
    ranOutOfTime: (papers: number, error: CallError): ScorerStop | undefined => {
      timeoutsOfAnySize += 1;
      if (papers === 1) count.timeouts += 1;
      const isOver = hasAnswered
        ? count.timeouts >= maxInARow.timeouts
        : count.timeouts > 0 && timeoutsOfAnySize >= maxTimeoutsWithoutAnswer;
      if (!isOver) return undefined;
      isHanging = true;
      return {
        kind: 'outage',
        reason: `${error.message}, even with one paper per request`,
        remedy: "Check the server's status. If it is only slow, raise scorer.timeoutSeconds or choose a faster model.",
      };
    },
    isHanging: (): boolean => isHanging,
    refused: (papers: number, error: CallError): ScorerStop | undefined => {
      lastRefusal = error;
      if (papers === 1) count.refused += 1;
      return count.refused < maxInARow.refused ? undefined : stopOf('refused', error);
    },
    atEnd: (): ScorerStop | undefined => (hasAnswered || !lastRefusal ? undefined : stopOf('refused', lastRefusal)),
  };
};
