import type { AuthoredPaper } from '../../../src/core/score.ts';

export type ScriptRubric = { topics: string; criteria: string };

const task = `You help a researcher find the few papers of a day on arXiv that are worth reading. Read the papers below with care,
and find those that match the topics.`;

/** Also tells a model server that a request is about titles. */
export const titleInstructions = `Name the papers whose titles alone show that they match none of the topics and that the researcher will certainly not
want to read. If a title leaves any doubt, do not name its paper. Answer with a JSON list of their ids in one line, such as
["ID1","ID2"], or [] if there are none, and with nothing else.`;

const scoreInstructions = `Answer in JSONL with {ARXIVID, COMMENT, RELEVANCE, NOVELTY}, one line for each paper.

- ARXIVID: the arXiv id of the paper.
- COMMENT: whether a topic matches the paper very closely, and which one. A match must not rest on general words such as
  "language modeling" or "advancements"; name the specific topic. Topics that do not match need no mention.
- RELEVANCE: a score from 1 to 10.
- NOVELTY: a score from 1 to 10.`;

const titleOf = ({ id, title }: AuthoredPaper): string => `ARXIVID: ${id}\nTITLE: ${title}`;

const paperOf = (paper: AuthoredPaper): string => `${titleOf(paper)}\nABSTRACT: ${paper.abstract}`;

const joined = (...parts: string[]): string => parts.map((part) => part.trim()).join('\n\n');

export const titlesPrompt = ({ topics }: ScriptRubric, papers: readonly AuthoredPaper[]): string =>
  joined(task, topics, '# Papers', papers.map(titleOf).join('\n'), '# Answer', titleInstructions);

export const abstractsPrompt = ({ topics, criteria }: ScriptRubric, papers: readonly AuthoredPaper[]): string =>
  joined(task, topics, criteria, '# Papers', papers.map(paperOf).join('\n\n'), '# Answer', scoreInstructions);

/** The ids of the papers in a prompt, in order. */
export const idsIn = (prompt: string): string[] =>
  [...prompt.matchAll(/^ARXIVID: (\d{4}\.\d{4,5})$/gm)].map(([, id = '']) => id);
