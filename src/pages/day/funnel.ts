import { html } from 'hono/html';
import type { AuthorCheck, DayCounts, Digest } from '../../core/digest.ts';
import { type Prefiltering, screenedOutCount } from '../../core/prefilter.ts';
import { recallText } from '../../digest/text.ts';
import { type Html, lines } from '../html.ts';
import { grouped } from '../numbers.ts';

/** One step of the funnel: what is left of the announced papers. */
const step = (name: string, count: number, all: number): Html => {
  const share = all === 0 ? 0 : (100 * count) / all;
  return html`<div><dt>${name}</dt><dd><b>${grouped(count)}</b><i class="bar" style="--share:${share.toFixed(1)}%"></i></dd></div>`;
};

/** What became of papers that the funnel does not tell of. */
const otherFacts = (
  { unscored }: DayCounts,
  check: AuthorCheck | undefined,
  prefilter: Prefiltering | undefined,
): [words: string, count: number][] => {
  const { minHIndex, below, unknown, notLookedUp } = check ?? { minHIndex: 0, below: 0, unknown: 0, notLookedUp: 0 };
  const { skipped, sampled, recall, days } =
    prefilter && 'skipped' in prefilter ? prefilter : { skipped: 0, sampled: 0, recall: 0, days: 0 };
  const all: [string, number, boolean][] = [
    [
      `Skipped as unlikely; the rest has about ${recallText(recall)} of the picks, judged by ${days} days`,
      ...([skipped, skipped > 0] as const),
    ],
    ['Read though unlikely: drawn by chance, to go on judging', sampled, sampled > 0],
    ['Could not be scored', unscored, unscored > 0],
    [`Left out: no author with an h-index of ${minHIndex} or more`, below, minHIndex > 0],
    ['Kept: Semantic Scholar does not know them yet', unknown, unknown > 0],
    ['Kept: their authors could not be looked up', notLookedUp, notLookedUp > 0],
  ];
  return all.flatMap(([words, count, isTold]): [string, number][] => (isTold ? [[words, count]] : []));
};

/** From the announcement to the papers that passed, as a small picture with its numbers. */
export const funnel = ({
  counts,
  authorCheck,
  prefilter,
}: Pick<Digest, 'counts' | 'authorCheck' | 'prefilter'>): Html => {
  const { announced, scanned, relevant } = counts;
  const others = otherFacts(counts, authorCheck, prefilter);
  const skipped = screenedOutCount(prefilter);
  return html`<dl class="funnel">
          ${step('Announced', announced, announced)} ${step('Scanned', scanned, announced)}
          ${skipped > 0 ? html`${step('Read', scanned - skipped, announced)} ` : ''}${step('Relevant', relevant, announced)}
        </dl>
        ${
          others.length === 0
            ? ''
            : html`<dl class="rest">
          ${lines(others.map(([words, count]) => html`<div><dt>${words}</dt><dd>${grouped(count)}</dd></div>`))}
        </dl>`
        }${prefilter && 'reason' in prefilter ? html`<p class="small">The prefilter waits: ${prefilter.reason}.</p>` : ''}`;
};
