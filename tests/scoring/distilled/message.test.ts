import { describe, expect, it } from 'vitest';
import type { DayRankingTask } from '../../../src/core/screening.ts';
import { createInbox, messagesOf } from '../../../src/scoring/distilled/message.ts';
import { inventedDay } from '../built-in/papers.ts';
import { dayPapers, scoredPapers, topics } from './liked-papers.ts';

const task: DayRankingTask = {
  ...{ papers: dayPapers('today', 40, 99), scored: scoredPapers(6), archive: inventedDay('archive', 500, 3) },
  ...{ cutoffs: { relevance: 7, novelty: 6 }, topics },
};

const papersIn = (messages: Iterable<object>): number =>
  [...messages].reduce((sum, message) => sum + ('papers' in message ? (message.papers as object[]).length : 0), 0);

describe('the messages to the process that ranks', () => {
  it('carry a task in parts', () => {
    const inbox = createInbox();
    const messages = [...messagesOf(task, new Set())];
    expect(messages.length).toBeGreaterThan(3);
    const received = messages.map(inbox);
    expect(received.at(-1)).toEqual(task);
    expect(received.slice(0, -1).every((one) => one === undefined)).toBe(true);
  });

  it('carry each paper once, however many channels have it', () => {
    const [sent, inbox] = [new Set<string>(), createInbox()];
    const distinct = new Set([...task.papers, ...task.scored.map(({ paper }) => paper), ...task.archive]).size;
    const first = [...messagesOf(task, sent)];
    for (const message of first) inbox(message);
    expect(papersIn(first)).toBe(distinct);
    const next = { ...task, papers: [...task.papers, ...dayPapers('more', 2, 5)], topics: '- other topics' };
    const second = [...messagesOf(next, sent)];
    expect(papersIn(second)).toBe(2);
    expect(second.map(inbox).at(-1)).toEqual(next);
  });

  it('tell a paper with authors from the same one without', () => {
    const [paper] = task.papers;
    if (!paper) throw new Error('no paper');
    const { authors: _, ...without } = paper;
    const again = { ...task, papers: [paper], scored: [], archive: [without] };
    const inbox = createInbox();
    expect([...messagesOf(again, new Set())].map(inbox).at(-1)).toEqual(again);
  });
});
