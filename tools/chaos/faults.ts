/** What happens during one step of a day, in which one or two runs are started. */
export type Fault =
  | { kind: 'kill'; at: number; when: 'before' | 'after' }
  | { kind: 'pause'; at: number; when: 'before' | 'after'; ms: number }
  /** The run is in a container of its own, and paused until another run has taken its lease and has ended. */
  | { kind: 'freeze'; at: number; when: 'before' | 'after' }
  | { kind: 'drop'; at: number }
  | { kind: 'clocks'; steps: readonly { afterMs: number; byMs: number }[] }
  /** A copy of the database from the given message of the next run replaces it after that run. */
  | { kind: 'restore'; at: number }
  /** The run is killed, and its write-ahead log is lost. */
  | { kind: 'lose-log'; at: number };

export type Day = { faults: readonly Fault[]; historyLagMs: number };

const maxStepMs = 2 * 3_600_000;

/**
 * The faults of one day. The same numbers give the same day.
 * @param messages of its digest, with the header
 * @param hasContainers Adds a run that is frozen in a container, which takes more than a minute.
 */
export const planDay = (random: () => number, messages: number, hasContainers = false): Day => {
  const below = (limit: number): number => Math.floor(random() * limit);
  const when = (): 'before' | 'after' => (random() < 0.5 ? 'before' : 'after');
  const at = (): number => 1 + below(messages);
  const step = () => ({ afterMs: below(2_000), byMs: Math.round((random() - 0.5) * 2 * maxStepMs) });
  const kinds: readonly (() => Fault)[] = [
    () => ({ kind: 'kill', at: at(), when: when() }),
    () => ({ kind: 'pause', at: at(), when: when(), ms: 500 + below(3_000) }),
    () => ({ kind: 'drop', at: at() }),
    () => ({ kind: 'clocks', steps: [step(), step()] }),
    () => ({ kind: 'restore', at: at() }),
    () => ({ kind: 'lose-log', at: at() }),
  ];
  const faults = Array.from({ length: 1 + below(3) }, () => kinds[below(kinds.length)]?.()).filter((one) => !!one);
  // First, while there is something to post.
  if (hasContainers) faults.unshift({ kind: 'freeze', at: at(), when: when() });
  return { faults, historyLagMs: random() < 0.3 ? 8_000 : 0 };
};
