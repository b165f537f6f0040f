import type { Person } from '../core/addresses.ts';
import type { Channel } from '../core/channel.ts';
import { arxivTimeZone, dateIn, startOfDay } from '../core/dates.ts';
import { UserError } from '../core/errors.ts';
import { countOf, type IsoDate, type Paper } from '../core/paper.ts';
import { isSameScore, type Score, type Scorer, type ScorerStop, sumUsages, type Usage } from '../core/score.ts';
import type { Rescored, Services } from '../core/services.ts';
import type { ChangeStore, Stores } from '../core/stores.ts';
import { withLease } from './lease.ts';
import { findPicked, type ShowParts, updatePosted } from './publish/posted.ts';

const maxChanges = 5_000;

type Quota = {
  /**
   * Reserves an amount, so that parallel calls do not exceed the limit together.
   * @returns The amount left if it is too small; otherwise `release`, to be called once the amount is logged or no
   * longer needed.
   */
  reserve(person: Person, amount: number, limit: number): Promise<{ left: number } | { release: () => void }>;
};

const createQuota = (changes: Pick<ChangeStore, 'count' | 'newest'>, dayStart: () => string): Quota => {
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
      // Reserved before the log is read, so that the second of two calls counts the first.
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
  stores: ShowParts['stores'] & Pick<Stores, 'changes' | 'digests' | 'leases' | 'ledger'>;
  scorer: Scorer | undefined;
  /** IANA name; the limit resets at midnight there. */
  timezone: string;
  limits?: { perCall: number; perDay: number } | undefined;
};

const rescoreLimits = { perCall: 100, perDay: 50 };

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
  const reason = stop.kind === 'budget' ? `${stop.reason}; try again tomorrow` : stop.reason;
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
};

const rescorePapers = async (
  channel: Channel,
  papers: readonly Paper[],
  scorer: Scorer,
  { stores, clock }: Pick<RescoreParts, 'stores' | 'clock'>,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
) => {
  const { rubric, cutoffs, name } = channel;
  const date = dateIn(clock.now(), arxivTimeZone);
  // Only the built-in scorer uses the other papers.
  const task = {
    channel: name,
    date,
    rubric,
    papers,
    day: papers,
    recent: [],
    cutoffs,
    withComments: true,
    priority: 'person' as const,
    signal,
  };
  const query = { rubric: rubric.hash, engine: scorer.engine, model: scorer.model(rubric) };
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

const unique = (papers: readonly Paper[]): Paper[] => [...new Map(papers.map((paper) => [paper.id, paper])).values()];

/**
 * Rescores papers with the language model, under the current rubric and within the daily budget, and updates posted
 * messages whose scores differ. Digests do not change. Papers that get no score do not count toward the limit per
 * person.
 */
export const createRescore = (parts: RescoreParts): Services['rescore'] => {
  const { stores, clock, scorer, timezone, limits = rescoreLimits } = parts;
  const dayStart = (): string => startOfDay(clock.now(), timezone).toISOString();
  const quota = createQuota(stores.changes, dayStart);

  return async (channel, asked, by, onProgress, signal) => {
    const papers = unique(asked);
    if (!scorer)
      throw new UserError(
        'Rescoring needs a language model. Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.',
      );
    if (papers.length === 0)
      throw new UserError('There are no papers to rescore. Name papers by their ids, such as rescore 2503.07639.');
    if (papers.length > limits.perCall)
      throw new UserError(
        `${countOf(papers.length, 'paper')} are too many to rescore at once. Name at most ${limits.perCall}.`,
      );
    const reserved = await quota.reserve(by, papers.length, limits.perDay);
    if ('left' in reserved)
      throw new UserError(
        reserved.left === 0
          ? `You have rescored ${countOf(limits.perDay, 'paper')} today, which is the limit. Try again tomorrow.`
          : `You can rescore ${countOf(limits.perDay, 'paper')} a day and have ${reserved.left} left. Name at most ${reserved.left}.`,
      );
    try {
      const { before, after, usage, stop } = await withLease(
        `rubric ${channel.rubric.hash}`,
        { leases: stores.leases, clock, logger: parts.logger },
        signal,
        (held) => rescorePapers(channel, papers, scorer, parts, onProgress, held),
      );
      if (after.size > 0) {
        const at = clock.now().toISOString();
        const digest = await stores.digests.find(channel.name, dateIn(clock.now(), arxivTimeZone));
        const value = {
          papers: after.size,
          ids: [...after.keys()],
          rubric: channel.rubric.hash,
          costUsd: usage.costUsd ?? null,
          // Identifies the digest that does not include these costs: a digest counts its date's calls up to its
          // creation. Times cannot tell, because the simulated clock may restart with each process.
          after: digest?.createdAt ?? null,
        };
        await stores.changes.add({ at, person: by, channel: channel.name, action: 'rescore', value });
      }
      const rescored: Rescored[] = [];
      for (const paper of papers) {
        const posted = await findPicked(channel, paper.id, stores.digests);
        const score = after.get(paper.id);
        const was = before.get(paper.id) ?? posted?.entry.score;
        // An earlier update may have failed, so update messages that differ.
        const isAsPosted = isSameScore(score, was) && isSameScore(score, posted?.entry.score);
        const isUpdated = Boolean(
          posted && score && !isAsPosted && (await updatePosted(channel, posted, parts, signal)),
        );
        rescored.push({ paper, before: was, after: score, isUpdated });
      }
      return { papers: rescored, usage, stop };
    } finally {
      reserved.release();
    }
  };
};
