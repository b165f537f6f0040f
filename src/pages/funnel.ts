import { html } from 'hono/html';
import type { AuthorCheck, DayCounts, Digest } from '../core/digest.ts';
import { type Html, lines } from './html.ts';
import { grouped } from './numbers.ts';

/** One step of the funnel: what is left of the announced papers. */
const step = (name: string, count: number, all: number): Html => {
  const share = all === 0 ? 0 : (100 * count) / all;
  return html`<div><dt>${name}</dt><dd><b>${grouped(count)}</b><i class="bar" style="--share:${share.toFixed(1)}%"></i></dd></div>`;
};

/** What became of papers that the funnel does not tell of. */
const otherFacts = ({ unscored }: DayCounts, check: AuthorCheck | undefined): [words: string, count: number][] => {
  const { minHIndex, below, unknown, notLookedUp } = check ?? { minHIndex: 0, below: 0, unknown: 0, notLookedUp: 0 };
  const all: [string, number, boolean][] = [
    ['Could not be scored', unscored, unscored > 0],
    [`Left out: no author with an h-index of ${minHIndex} or more`, below, minHIndex > 0],
    ['Kept: Semantic Scholar does not know them yet', unknown, unknown > 0],
    ['Kept: their authors could not be looked up', notLookedUp, notLookedUp > 0],
  ];
  return all.flatMap(([words, count, isTold]): [string, number][] => (isTold ? [[words, count]] : []));
};

/** From the announcement to the papers that passed, as a small picture with its numbers. */
export const funnel = ({ counts, authorCheck }: Pick<Digest, 'counts' | 'authorCheck'>): Html => {
  const { announced, scanned, relevant } = counts;
  const others = otherFacts(counts, authorCheck);
  return html`<dl class="funnel">
          ${step('Announced', announced, announced)} ${step('Scanned', scanned, announced)}
          ${step('Relevant', relevant, announced)}
        </dl>
        ${
          others.length === 0
            ? ''
            : html`<dl class="rest">
          ${lines(others.map(([words, count]) => html`<div><dt>${words}</dt><dd>${grouped(count)}</dd></div>`))}
        </dl>`
        }`;
};
