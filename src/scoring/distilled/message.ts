import type { AuthoredPaper, Points, ScorablePaper } from '../../core/score.ts';
import type { DayRankingTask } from '../../core/screening.ts';

// What the bot sends to the process that ranks. Channels have mostly the same papers, so each paper is sent once, and tasks
// name papers.

type SentPaper = ScorablePaper & Partial<Pick<AuthoredPaper, 'authors'>>;

type NamedTask = Pick<DayRankingTask, 'cutoffs' | 'topics'> & {
  papers: string[];
  scored: { paper: string; score: Points }[];
  archive: string[];
};

/** Tells the process to drop its task. It answers with the same word once it has stopped. */
export const stop = 'stop';

export type Message = { papers: SentPaper[] } | { task: NamedTask };

/** Papers of the archive have no authors. */
const nameOf = (paper: SentPaper): string => `${paper.id}v${paper.version}${paper.authors ? '' : ' without authors'}`;

const papersPerMessage = 200;

/** The messages that a task needs, in order. @param sent The names of the papers that were sent before. */
export const messagesOf = function* (
  { papers, scored, archive, cutoffs, topics }: DayRankingTask,
  sent: Set<string>,
): Generator<Message> {
  let fresh: SentPaper[] = [];
  for (const paper of [...papers, ...scored.map((one) => one.paper), ...archive]) {
    const name = nameOf(paper);
    if (sent.has(name)) continue;
    sent.add(name);
    fresh.push(paper);
    if (fresh.length < papersPerMessage) continue;
    yield { papers: fresh };
    fresh = [];
  }
  if (fresh.length > 0) yield { papers: fresh };
  yield {
    task: {
      ...{ cutoffs, topics, papers: papers.map(nameOf), archive: archive.map(nameOf) },
      scored: scored.map(({ paper, score }) => ({ paper: nameOf(paper), score })),
    },
  };
};

/** Keeps the papers of messages. Returns a task once it is complete. */
export const createInbox = () => {
  const known = new Map<string, SentPaper>();
  const paperOf = (name: string): SentPaper => {
    const paper = known.get(name);
    if (!paper) throw new Error(`the paper ${name} was not sent`);
    return paper;
  };
  const authored = (name: string): AuthoredPaper => ({ authors: [], ...paperOf(name) });
  return (message: Message): DayRankingTask | undefined => {
    if ('papers' in message) {
      for (const paper of message.papers) known.set(nameOf(paper), paper);
      return undefined;
    }
    const { papers, scored, archive, cutoffs, topics } = message.task;
    return {
      ...{ cutoffs, topics, papers: papers.map(authored), archive: archive.map(paperOf) },
      scored: scored.map(({ paper, score }) => ({ paper: authored(paper), score })),
    };
  };
};
