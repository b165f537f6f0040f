import { html } from 'hono/html';
import type { Channel } from '../../core/channel.ts';
import { type Digest, isOnlyBuiltIn } from '../../core/digest.ts';
import { countOf, grouped } from '../../core/paper.ts';
import { type Cutoffs, cutoffsText } from '../../core/score.ts';
import { type Html, nothing } from '../html.ts';
import { type Desk, pageField } from '../message.ts';

export type Limits = Pick<Channel, 'cutoffs' | 'papersPerDay' | 'top'>;

/** Limits to preview: what to ask for, what the reader sees, and the command that saves them. */
type Step = { query: string; words: string; command: string };

const stepsEachWay = 4;

const cutoffsStep = ({ relevance, novelty }: Cutoffs): Step => ({
  query: `cutoffs=${relevance}+${novelty}`,
  words: cutoffsText({ relevance, novelty }),
  command: `topics try ${relevance} ${novelty}`,
});

const band = (value: number): number => Math.min(10, Math.max(1, value));

/** From the strictest to the loosest: relevance and novelty change by one point in turn. */
const cutoffsSteps = ({ cutoffs }: Limits): Step[] => {
  const steps = Array.from({ length: 2 * stepsEachWay + 1 }, (_, index) => {
    const points = stepsEachWay - index;
    const { relevance, novelty } = cutoffs;
    return cutoffsStep({
      relevance: band(relevance + Math.floor(points / 2)),
      novelty: band(novelty + Math.ceil(points / 2)),
    });
  });
  return steps.filter(({ query }, index) => query !== steps[index - 1]?.query);
};

const offeredPapers = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50];

const papersSteps = ({ papersPerDay, top }: Limits): Step[] =>
  [...new Set([...offeredPapers.filter((papers) => papers <= top), papersPerDay])]
    .sort((one, other) => one - other)
    .map((papers) => ({
      query: `papers=${papers}`,
      words: `at most ${countOf(papers, 'paper')} a day`,
      command: `topics try papers ${papers}`,
    }));

/** "34 papers pass, the best 20 are posted: …"; `slider.js` says the same of other limits. */
const pickedWords = (picked: number, top: number): string =>
  picked > top ? `${countOf(picked, 'paper')} pass, the best ${grouped(top)} are posted` : countOf(picked, 'paper');

/** Whether a digest was made with the limits that the channel has now, so that its count is theirs. */
const hadLimits = (digest: Digest, { cutoffs, papersPerDay }: Limits): boolean =>
  isOnlyBuiltIn(digest)
    ? digest.matchLimits?.papers === papersPerDay
    : digest.cutoffs.relevance === cutoffs.relevance && digest.cutoffs.novelty === cutoffs.novelty;

/**
 * Previews on a day how many papers other limits would pick. Needs scripts; the command `topics try` does the same
 * without. Its button lists the papers of the preview, and managers can save the limits there.
 */
export const limitsSlider = (digest: Digest, limits: Limits | undefined, desk: Desk, preview: string): Html => {
  if (!limits) return nothing;
  const steps = isOnlyBuiltIn(digest) ? papersSteps(limits) : cutoffsSteps(limits);
  const { relevance, novelty } = limits.cutoffs;
  const own = isOnlyBuiltIn(digest) ? `papers=${limits.papersPerDay}` : `cutoffs=${relevance}+${novelty}`;
  const at = steps.findIndex(({ query }) => query === own);
  if (at < 0 || steps.length < 2) return nothing;
  const picked = hadLimits(digest, limits) ? digest.counts.relevant : undefined;
  const shown = [picked === undefined ? [] : pickedWords(picked, limits.top), steps[at]?.words ?? ''].flat().join(': ');
  return html`<form class="command slider" method="post" action="${desk.address}" data-preview="${preview}?date=${digest.date}" data-picked="${picked ?? ''}" data-top="${limits.top}" data-steps="${JSON.stringify(steps)}" hidden>${pageField(desk)}
          <label for="slider">Fewer or more papers</label>
          <span><span aria-hidden="true">Fewer</span> <input type="range" id="slider" min="0" max="${steps.length - 1}" value="${at}" aria-valuetext="${steps[at]?.words ?? ''}" /> <span aria-hidden="true">more</span></span>
          <output for="slider">${shown}</output>
          <button name="text" value="${steps[at]?.command ?? ''}" disabled>Preview and save</button>
        </form>`;
};
