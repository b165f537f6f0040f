import { UserError } from '../../src/core/errors.ts';
import type { Services } from '../../src/core/services.ts';
import { canNameSubject } from '../../src/scoring/built-in/lexicon.ts';

/** Services that fail unless the test provides them. */
export const servicesOf = (more: Partial<Services> = {}): Services => ({
  authors: {
    ofPapers: async () => ({ known: new Map(), unknown: new Set(), failure: undefined }),
    candidates: async () => [],
  },
  model: undefined,
  papers: {
    find: async (id) => {
      throw new UserError(`arXiv has no paper ${id}; check the id.`);
    },
  },
  rescore: async () => {
    throw new UserError('No language model is configured.');
  },
  ask: async () => {
    throw new UserError('No language model is configured.');
  },
  draft: async () => undefined,
  deliver: async () => 0,
  retract: async () => 0,
  summaryCost: async () => undefined,
  namesSubject: canNameSubject,
  understand: async () => ({ wanted: [], unwanted: [], problem: undefined }),
  expandAgain: async () => undefined,
  showCounts: () => {},
  linkGuesses: { secondsToWait: () => 0, secondsToWaitAnywhere: async () => 0, wrong: () => {} },
  feedback: async () => ({
    votes: 0,
    voters: 0,
    bounds: { up: 0, down: 0 },
    liked: [],
    disliked: [],
    resetAt: undefined,
  }),
  status: async () => ({
    engine: 'the built-in scorer',
    budgetLeftUsd: undefined,
    lastRun: undefined,
    nextRun: undefined,
    progress: undefined,
    complaints: [],
  }),
  pageUrl: () => undefined,
  ...more,
});
