import type { Person } from '../core/addresses.ts';
import type { Channel } from '../core/channel.ts';
import { arxivTimeZone, dateIn, startOfDay } from '../core/clock.ts';
import { UserError } from '../core/errors.ts';
import type { IsoDate, Paper } from '../core/paper.ts';
import { countOf } from '../core/paper-text.ts';
import { sumUsages, type Usage } from '../core/price.ts';
import { defaultPickRate, type Score, type Scorer, type ScorerStop } from '../core/score.ts';
import type { Rescored, Services } from '../core/services.ts';
import type { ChangeStore, Stores } from '../core/stores.ts';
import { withLease } from './lease.ts';
import { findPicked, type ShowParts, showRescored } from './publish/posted.ts';

/** Newer changes than these are looked through for what a person did today. */
const maxChanges = 5_000;

type Quota = {
  /**
   * Sets so much aside for a person. Two calls at once never pass the limit together.
   *
   * @returns what is left where there is not enough, else how to give it back once it is on record or was not used.
   */
  reserve(person: Person, amount: number, limit: number): Promise<{ left: number } | { release: () => void }>;
};

/** How many papers each person may rescore a day, by the change log. */
const createQuota = (
  changes: Pick<ChangeStore, 'count' | 'newest'>,
  /** Simulated time, ISO 8601, at which the day began. */
  dayStart: () => string,
): Quota => {
  const pending = new Map<Person, number>();
  const add = (person: Person, amount: number): number => {
    const sum = (pending.get(person) ?? 0) + amount;
    if (sum > 0) pending.set(person, sum);
    else pending.delete(person);
    return sum;
  };
  const recorded = async (person: Person): Promise<number> => {
    const since = dayStart();
    if ((await changes.count(person, 'rescore', since)) === 0) return 0;
    return (await changes.newest(maxChanges))
      .filter((change) => change.action === 'rescore')
      .filter((change) => change.person === person && change.at >= since)
      .reduce((sum, { value }) => sum + value.papers, 0);
  };

  return {
    async reserve(person, amount, limit) {
      // Set aside before the record is read, so that of two calls the second sees the first.
      const held = add(person, amount);
      let kept = false;
      try {
        const had = (await recorded(person)) + held - amount;
        if (had + amount > limit) return { left: Math.max(0, limit - had) };
        kept = true;
        return { release: () => void add(person, -amount) };
      } finally {
        if (!kept) add(person, -amount);
      }
    },
  };
};

type RescoreParts = Omit<ShowParts, 'stores'> & {
  stores: Pick<Stores, 'changes' | 'digests' | 'leases' | 'ledger' | 'outbox' | 'scores'>;
  /** The language model; undefined where none is configured. */
  scorer: Scorer | undefined;
  /** IANA name; the day of the limit begins at midnight there. */
  timezone: string;
  limits?: { perCall: number; perDay: number } | undefined;
};

const rescoreLimits = { perCall: 100, perDay: 50 };

/** What the channel's calls for a date under its rubric used so far. */
const usedSoFar = async (channel: Channel, date: IsoDate, ledger: Stores['ledger']): Promise<Usage> => {
  const own = (await ledger.models(channel.rubric.hash, date)).filter((one) => one.channel === channel.name);
  return sumUsages(own.map(({ usage }) => usage));
};

const usedSince = (before: Usage, after: Usage): Usage => ({
  promptTokens: after.promptTokens - before.promptTokens,
  cachedTokens: after.cachedTokens - before.cachedTokens,
  completionTokens: after.completionTokens - before.completionTokens,
  costUsd: after.costUsd === undefined || before.costUsd === undefined ? undefined : after.costUsd - before.costUsd,
});

const reasonOf = (stop: ScorerStop | undefined): string | undefined => {
  if (!stop) return undefined;
  const reason = stop.kind === 'budget' ? `${stop.reason}; ask again tomorrow` : stop.reason;
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
};

/** Asks about papers that have a score already. New verdicts are stored as they come. */
const askAgain = async (
  channel: Channel,
  papers: readonly Paper[],
  scorer: Scorer,
  { stores, clock }: Pick<RescoreParts, 'stores' | 'clock'>,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
) => {
  const { rubric, cutoffs, name } = channel;
  const date = dateIn(clock.now(), arxivTimeZone);
  // Only the built-in scorer looks at the rest of the day and at what was picked before.
  const task = {
    channel: name,
    date,
    rubric,
    papers,
    day: papers,
    recent: [],
    cutoffs,
    pickRate: defaultPickRate,
    signal,
  };
  const query = { rubric: rubric.hash, engine: scorer.engine, model: scorer.model(task) };
  await stores.scores.saveRubric(rubric);
  const before = new Map((await stores.scores.current(query, papers)).map((score) => [score.paperId, score]));
  const used = await usedSoFar(channel, date, stores.ledger);
  const after = new Map<string, Score>();
  onProgress(0, papers.length);
  const scoring = scorer.score(task);
  try {
    let step = await scoring.next();
    for (; !step.done; step = await scoring.next()) {
      const added = await stores.scores.add(query, step.value, clock.now().toISOString());
      for (const score of added) after.set(score.paperId, score);
      onProgress(after.size, papers.length);
    }
    const usage = usedSince(used, await usedSoFar(channel, date, stores.ledger));
    return { before, after, usage, stop: reasonOf(step.value) };
  } finally {
    await scoring.return(undefined);
  }
};

const isSame = (one: Score | undefined, other: Score | undefined): boolean =>
  one !== undefined && one.relevance === other?.relevance && one.novelty === other.novelty;

const unique = (papers: readonly Paper[]): Paper[] => [...new Map(papers.map((paper) => [paper.id, paper])).values()];

/**
 * Asks the language model about papers again, under the channel's current rubric and within the day's budget, and shows
 * the new scores in the messages that were posted, where they differ. Digests stay as they were made. Each person may ask about 50 papers a
 * day; papers that got no answer do not count.
 */
export const createRescore = (parts: RescoreParts): Services['rescore'] => {
  const { stores, clock, scorer, timezone, limits = rescoreLimits } = parts;
  const dayStart = (): string => startOfDay(clock.now(), timezone).toISOString();
  const quota = createQuota(stores.changes, dayStart);

  return async (channel, asked, by, onProgress, signal) => {
    const papers = unique(asked);
    if (!scorer)
      throw new UserError(
        'Asking again needs a language model, and none is configured: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.',
      );
    if (papers.length === 0)
      throw new UserError('There is nothing to ask about again: name papers by their ids, such as rescore 2503.07639.');
    if (papers.length > limits.perCall)
      throw new UserError(
        `${countOf(papers.length, 'paper')} are too many to ask about at once: name at most ${limits.perCall}.`,
      );
    const reserved = await quota.reserve(by, papers.length, limits.perDay);
    if ('left' in reserved)
      throw new UserError(
        reserved.left === 0
          ? `You have asked about ${countOf(limits.perDay, 'paper')} again today, which is all for a day: try again tomorrow.`
          : `Each person may ask about ${countOf(limits.perDay, 'paper')} again a day, and you have ${reserved.left} left: name at most ${reserved.left}.`,
      );
    try {
      const { before, after, usage, stop } = await withLease(
        `rubric ${channel.rubric.hash}`,
        { leases: stores.leases, clock },
        signal,
        (held) => askAgain(channel, papers, scorer, parts, onProgress, held),
      );
      if (after.size > 0) {
        const at = clock.now().toISOString();
        const digest = await stores.digests.find(channel.name, dateIn(clock.now(), arxivTimeZone));
        const value = {
          papers: after.size,
          ids: [...after.keys()],
          rubric: channel.rubric.hash,
          costUsd: usage.costUsd ?? null,
          // A digest counts the calls of its day up to its own making: which one does not count these. Times would not tell
          // where a told clock begins anew with each process.
          after: digest?.createdAt ?? null,
        };
        await stores.changes.add({ at, person: by, channel: channel.name, action: 'rescore', value });
      }
      const rescored: Rescored[] = [];
      for (const paper of papers) {
        const posted = await findPicked(channel, paper.id, stores.digests);
        const score = after.get(paper.id);
        const was = before.get(paper.id) ?? posted?.entry.score;
        // A message that was changed before may have failed to: it is changed again.
        const isAsPosted = isSame(score, was) && isSame(score, posted?.entry.score);
        const isUpdated = Boolean(
          posted && score && !isAsPosted && (await showRescored(channel, posted, score, parts, signal)),
        );
        rescored.push({ paper, before: was, after: score, isUpdated });
      }
      return { papers: rescored, usage, stop };
    } finally {
      reserved.release();
    }
  };
};
