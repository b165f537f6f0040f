import type { ExternalError } from '../../core/errors.ts';
import type { ScorerStop } from '../../core/score.ts';

/** How many failures in a row, with no success in between, mean that it is no use to go on. */
const limits = {
  /** Batches that nobody answered in all their tries. */
  unanswered: 3,
  /** Answers to several papers at once without a single valid verdict. */
  unreadable: 10,
  /** Single papers whose request was refused: then it is not the papers. */
  refused: 3,
};

/** Counts failures in a row; each note of one returns the reason to stop once there are too many. */
export const createStreaks = (service: string) => {
  const count = { unanswered: 0, unreadable: 0, refused: 0 };
  let everAnswered = false;
  let lastRefusal: string | undefined;
  const refusal = (reason: string): ScorerStop => ({ kind: 'refused', reason });

  return {
    /** An answer with so many valid verdicts for so many papers. */
    answered: (papers: number, verdicts: number): ScorerStop | undefined => {
      everAnswered = true;
      count.unanswered = 0;
      count.refused = 0;
      if (verdicts > 0) count.unreadable = 0;
      else if (papers > 1) count.unreadable += 1;
      if (count.unreadable < limits.unreadable) return undefined;
      return { kind: 'outage', reason: `${service} gave ${limits.unreadable} answers in a row that held no scores` };
    },
    /** A batch is out of tries. */
    unanswered: (error: ExternalError): ScorerStop | undefined => {
      count.unanswered += 1;
      return count.unanswered < limits.unanswered ? undefined : { kind: 'outage', reason: error.message };
    },
    /** The server refused a request about so many papers. */
    refused: (papers: number, error: ExternalError): ScorerStop | undefined => {
      lastRefusal = error.message;
      if (papers === 1) count.refused += 1;
      return count.refused < limits.refused ? undefined : refusal(error.message);
    },
    /** At the end of all papers: the reason why there was never an answer, if there was none. */
    atEnd: (): ScorerStop | undefined => (everAnswered || !lastRefusal ? undefined : refusal(lastRefusal)),
  };
};
