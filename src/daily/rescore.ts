import type { Person } from '../core/addresses.ts';
import type { Channel } from '../core/channel.ts';
import { arxivTimeZone, dateIn, startOfDay } from '../core/dates.ts';
import { UserError } from '../core/errors.ts';
import { capitalized, countOf, type IsoDate, type Paper } from '../core/paper.ts';
import { createQuota, type Exceeded, type Limits } from '../core/quota.ts';
import { isSameScore, type Score, type Scorer, type ScorerStop, sumUsages, type Usage } from '../core/score.ts';
import type { Rescored, Services } from '../core/services.ts';
import type { ChangeStore, Stores } from '../core/stores.ts';
import { withRubricLease } from './lease.ts';
import { findPicked, type ShowParts, updatePosted } from './publish/posted.ts';

const maxChanges = 5_000;

/** How many papers a person has rescored. */
const rescoredBy =
  (changes: Pick<ChangeStore, 'count' | 'newest'>) =>
  async (person: Person, since: string): Promise<number> => {
    if ((await changes.count(person, 'rescore', since)) === 0) return 0;
    return (await changes.newest(maxChanges))
      .filter((change) => change.action === 'rescore')
      .filter((change) => change.person === person && change.at >= since)
      .reduce((sum, { value }) => sum + value.papers, 0);
  };

type RescoreParts = Omit<ShowParts, 'stores'> & {
  stores: ShowParts['stores'] & Pick<Stores, 'changes' | 'digests' | 'leases' | 'ledger'>;
  scorer: Scorer | undefined;
  /** IANA name; the limit resets at midnight there. */
  timezone: string;
  limits?: (Limits & { perCall: number }) | undefined;
};

/** Papers in one call, and those of a person and of an address in a day. */
const rescoreLimits = { perCall: 100, person: 50, address: 200 };

const refusalOf = ({ limit, left }: Exceeded, limits: Limits): UserError => {
  const whole = countOf(limits[limit], 'paper');
  if (limit === 'address')
    return new UserError(
      `People at your address can rescore ${whole} a day, and ${left} ${left === 1 ? 'is' : 'are'} left. Try again tomorrow.`,
    );
  return new UserError(
    left === 0
      ? `You have rescored ${whole} today, which is the limit. Try again tomorrow.`
      : `You can rescore ${whole} a day and have ${left} left. Name at most ${left}.`,
  );
};

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
  return `${capitalized(reason)}.`;
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
 * messages whose scores differ. Digests do not change. Papers that get no score do not count toward the limits.
 */
export const createRescore = (parts: RescoreParts): Services['rescore'] => {
  const { stores, clock, scorer, timezone, limits = rescoreLimits } = parts;
  const dayStart = (): string => startOfDay(clock.now(), timezone).toISOString();
  const quota = createQuota({ limits, recorded: rescoredBy(stores.changes), dayStart });

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
    const taken = await quota.take(by, papers.length);
    if ('limit' in taken) throw refusalOf(taken, limits);
    let used = 0;
    try {
      const { before, after, usage, stop } = await withRubricLease(channel.rubric, parts, signal, (held) =>
        rescorePapers(channel, papers, scorer, parts, onProgress, held),
      );
      used = after.size;
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
        await stores.changes.add({ at, person: by.person, channel: channel.name, action: 'rescore', value });
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
      taken.done(used);
    }
  };
};
