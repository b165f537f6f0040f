import { html } from 'hono/html';
import type { AuthorCheck, DayCounts, Digest, DigestEntry } from '../../core/digest.ts';
import { grouped } from '../../core/paper.ts';
import { isByModel } from '../../core/score.ts';
import { type Prefiltering, screenedOutCount } from '../../core/screening.ts';
import { describeRecall } from '../../digest/text.ts';
import { type Html, lines, nothing, spoken } from '../html.ts';
import { costTable } from './cost.ts';
import type { Day } from './day.ts';

const step = (name: string, count: number, announced: number): Html => {
  const share = announced === 0 ? 0 : (100 * count) / announced;
  return html`<div><dt>${name}</dt><dd><b>${grouped(count)}</b><i class="bar" style="--share:${share.toFixed(1)}%"></i></dd></div>`;
};

const otherCounts = (
  { unscored, muted = 0 }: DayCounts,
  check: AuthorCheck | undefined,
  prefilter: Prefiltering | undefined,
): [words: string, count: number][] => {
  const { minHIndex, below, unknown, notLookedUp } = check ?? { minHIndex: 0, below: 0, unknown: 0, notLookedUp: 0 };
  const { skipped, sampled } = prefilter && 'skipped' in prefilter ? prefilter : { skipped: 0, sampled: 0 };
  const all: [words: string, count: number, isShown: boolean][] = [
    [`Screened out; ${describeRecall(prefilter)}`, skipped, skipped > 0],
    ['Unlikely but scored: a random sample, to measure the picks missed', sampled, sampled > 0],
    ['Could not be scored', unscored, unscored > 0],
    ['Left out: muted words', muted, muted > 0],
    [`Left out: no author with an h-index of ${minHIndex} or higher`, below, minHIndex > 0],
    ['Kept: not on Semantic Scholar yet', unknown, unknown > 0],
    ['Kept: author lookup failed', notLookedUp, notLookedUp > 0],
  ];
  return all.flatMap(([words, count, isShown]): [string, number][] => (isShown ? [[words, count]] : []));
};

const funnel = ({ counts, authorCheck, prefilter }: Pick<Digest, 'counts' | 'authorCheck' | 'prefilter'>): Html => {
  const { announced, scanned, relevant } = counts;
  const others = otherCounts(counts, authorCheck, prefilter);
  const screenedOut = screenedOutCount(prefilter);
  return html`<dl class="funnel">
          ${step('Announced', announced, announced)} ${step('Candidates', scanned, announced)}
          ${screenedOut > 0 ? html`${step('Scored', scanned - screenedOut, announced)} ` : ''}${step('Picked', relevant, announced)}
        </dl>
        ${
          others.length === 0
            ? ''
            : html`<dl class="rest">
          ${lines(others.map(([words, count]) => html`<div><dt>${words}</dt><dd>${grouped(count)}</dd></div>`))}
        </dl>`
        }${prefilter && 'reason' in prefilter ? html`<p class="small">The prefilter screened out nothing: ${prefilter.reason}.</p>` : ''}`;
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, step) => from + step);

/** Only of a language model's scores, because the built-in scorer gives neither relevance nor novelty. */
const scoreGrid = (entries: readonly DigestEntry[]): Html => {
  const scores = entries.map(({ score }) => score).filter(isByModel);
  if (scores.length === 0) return nothing;
  const counts = new Map<string, number>();
  for (const score of scores) {
    const key = `${score.relevance}/${score.novelty}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const maxCount = Math.max(...counts.values());
  const columns = range(Math.min(...scores.map(({ relevance }) => relevance)), 10);
  const rows = range(Math.min(...scores.map(({ novelty }) => novelty)), 10).reverse();
  const cell = (relevance: number, novelty: number): Html => {
    const count = counts.get(`${relevance}/${novelty}`) ?? 0;
    return count === 0
      ? html`<td></td>`
      : html`<td style="--share:${Math.round((100 * count) / maxCount)}%">${count}</td>`;
  };
  return html`<table class="grid">
        <caption>Papers by relevance (→) and novelty (↑)</caption>
        <tbody>
          ${lines(rows.map((novelty) => html`<tr><th scope="row">${spoken('Novelty ')}${novelty}</th>${columns.map((relevance) => cell(relevance, novelty))}</tr>`))}
        </tbody>
        <tfoot>
          <tr><td></td>${columns.map((relevance) => html`<th scope="col">${spoken('Relevance ')}${relevance}</th>`)}</tr>
        </tfoot>
      </table>`;
};

export const dayNumbers = (day: Day): Html => {
  const { digest } = day;
  return html`<section class="numbers" aria-label="The day in numbers">
        <div>${funnel(digest)}</div>
        <div class="pictures">
          ${scoreGrid(digest.entries)}
          <div>${costTable(day)}</div>
        </div>
      </section>`;
};
