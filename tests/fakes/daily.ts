import type { AnnouncementSource } from '../../src/core/arxiv.ts';
import { ExternalError } from '../../src/core/errors.ts';
import { plainText } from '../../src/core/message.ts';
import type { AnnouncedPaper, Announcement, AnnounceType } from '../../src/core/paper.ts';
import type { Platform, Reaction, SendRequest, SentQuery } from '../../src/core/platform.ts';
import type { Engine, Scorer, ScorerStop, ScoringTask, Verdict } from '../../src/core/score.ts';
import { paperOf } from './fixtures.ts';

export const remoteFailure = (more: Partial<ConstructorParameters<typeof ExternalError>[0]> = {}): ExternalError =>
  new ExternalError({ service: 'Chat', message: 'the remote failed', ...more });

export const announcedOf = (ids: readonly string[], type: AnnounceType = 'new'): AnnouncedPaper[] =>
  ids.map((id) => ({ paper: paperOf(id), type }));

export const announcementOf = (category: string, date: string, ids: readonly string[]): Announcement => ({
  ...{ category, date },
  papers: announcedOf(ids),
});

type Answer<T> = T | Error | (() => T | Promise<T>);

const play = async <T>(answer: Answer<T>): Promise<T> => {
  if (answer instanceof Error) throw answer;
  return typeof answer === 'function' ? (answer as () => T | Promise<T>)() : answer;
};

/**
 * A source with scripted announcements: the newest by category, those of a date by `CATEGORY DATE`, submissions by
 * `CATEGORY FROM` with an ISO 8601 instant. Any other request fails.
 */
export const scriptedSource = (script: {
  newest?: Record<string, Answer<Announcement>>;
  on?: Record<string, Answer<Announcement | undefined>>;
  submitted?: Record<string, Answer<AnnouncedPaper[]>>;
}): AnnouncementSource & { calls: string[] } => {
  const calls: string[] = [];
  const look = async <T>(answers: Record<string, Answer<T>> | undefined, call: string, key: string): Promise<T> => {
    calls.push(call);
    if (!answers || !(key in answers)) throw new Error(`the script has no answer to "${call}"`);
    return play(answers[key] as Answer<T>);
  };
  return {
    calls,
    newest: (category) => look(script.newest, `newest ${category}`, category),
    on: (category, date) => look(script.on, `on ${category} ${date}`, `${category} ${date}`),
    submitted: (category, { from, to }) => {
      const start = `${category} ${from.toISOString()}`;
      return look(script.submitted, `submitted ${start} ${to.toISOString()}`, start);
    },
  };
};

/** One batch of verdicts as `[id, relevance, novelty]`, or an error to throw. */
export type Batch = [id: string, relevance: number, novelty: number][] | Error;

export type ScriptedScorer = Scorer & { tasks: ScoringTask[]; ended: number };

/**
 * A scorer that yields its batches in order, without papers that are not in the task, and then stops as scripted. As
 * the built-in scorer, it ranks papers in that order, and a match of 100 stands for 20 points.
 */
export const scriptedScorer = (
  batches: readonly Batch[] | ((task: ScoringTask) => readonly Batch[]),
  more: { engine?: Engine; model?: string; stop?: ScorerStop } = {},
): ScriptedScorer => {
  const { engine = 'openai', model = `${engine}-test`, stop } = more;
  const scorer: ScriptedScorer = {
    tasks: [],
    ended: 0,
    engine,
    model: () => model,
    async *score(task) {
      scorer.tasks.push(task);
      const papers = new Map(task.papers.map((paper) => [paper.id, paper]));
      try {
        for (const batch of typeof batches === 'function' ? batches(task) : batches) {
          if (batch instanceof Error) throw batch;
          const verdicts = batch.flatMap(([paperId, relevance, novelty], index): Verdict[] => {
            const paper = papers.get(paperId);
            if (!paper) return [];
            const judged = { paperId, version: paper.version, comment: `Comment on ${paperId}.` };
            return engine === 'local'
              ? [{ ...judged, position: index + 1, of: task.day.length, match: 5 * (relevance + novelty) }]
              : [{ ...judged, relevance, novelty }];
          });
          if (verdicts.length > 0) yield verdicts;
        }
        return stop;
      } finally {
        scorer.ended += 1;
      }
    },
  };
  return scorer;
};

export const evenScorer = (
  relevance: number,
  novelty: number,
  more: Parameters<typeof scriptedScorer>[1] = { engine: 'local' },
): ScriptedScorer => scriptedScorer(({ papers }) => [papers.map(({ id }) => [id, relevance, novelty])], more);

export type Posted = { destination: string; thread: string | undefined; key: string; text: string; messageId: string };

/** How sending ends: it arrives, it arrives but the answer is lost, or it fails. */
export type Outcome = 'arrives' | { arrivesThenFails: Error } | Error;

export type ScriptedPlatform = Platform & {
  posted: Posted[];
  sends: SendRequest[];
  edits: { messageId: string; request: SendRequest }[];
  /** Ids of removed messages, in order. */
  removed: string[];
  /** The error of an edit or removal, counted from 1 over both. */
  changeFails: (messageId: string, tries: number) => Error | undefined;
  /** What `sent` was asked, in order. */
  finds: SentQuery[];
  standing: Reaction[];
  /** The outcome of each attempt, counted from 1; by default it arrives. */
  outcome: (request: SendRequest, tries: number) => Outcome | Promise<Outcome>;
  findFails: Error | undefined;
};

const firstText = ({ blocks: [first] }: SendRequest['message']): string =>
  first?.type === 'heading' ? first.text : first?.type === 'paragraph' ? plainText(first.content) : '';

export const scriptedPlatform = (name: Platform['name'] = 'slack'): ScriptedPlatform => {
  let changes = 0;
  const changing = (messageId: string): void => {
    changes += 1;
    const failure = platform.changeFails(messageId, changes);
    if (failure) throw failure;
  };
  const platform: ScriptedPlatform = {
    ...{ name, posted: [], sends: [], edits: [], removed: [], finds: [], standing: [], findFails: undefined },
    changeFails: () => undefined,
    outcome: () => 'arrives',
    async connect() {},
    resolve: async (destination) => destination.replace(/^(\w+):(\w+)$/, '$1:T1:$2'),
    async listen() {},
    async send(request) {
      const { destination, thread, key, message, ready } = request;
      await ready?.();
      platform.sends.push(request);
      const outcome = await platform.outcome(request, platform.sends.length);
      if (outcome instanceof Error) throw outcome;
      const messageId = `m${platform.posted.length + 1}`;
      platform.posted.push({ destination, thread: thread?.messageId, key, text: firstText(message), messageId });
      if (outcome !== 'arrives') throw outcome.arrivesThenFails;
      return { destination, messageId };
    },
    async edit({ messageId }, request) {
      changing(messageId);
      platform.edits.push({ messageId, request });
    },
    async remove({ messageId }) {
      changing(messageId);
      platform.removed.push(messageId);
      platform.posted = platform.posted.filter((one) => one.messageId !== messageId);
    },
    async sent(query) {
      platform.finds.push(query);
      if (platform.findFails) throw platform.findFails;
      return platform.posted
        .filter((one) => one.destination === query.destination && one.thread === query.thread?.messageId)
        .map(({ key, destination, messageId }) => ({ key, message: { destination, messageId } }));
    },
    reactions: async () => platform.standing,
    check: async () => [],
    async close() {},
  };
  return platform;
};
