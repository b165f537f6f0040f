import { html } from 'hono/html';
import type { DigestEntry } from '../../core/digest.ts';
import { fold } from '../../core/folding.ts';
import { countOf } from '../../core/paper.ts';
import { isBuiltIn, isByModel, type Score, totalScore } from '../../core/score.ts';
import { type Html, nothing } from '../html.ts';

/**
 * What a reader wants to see of a day. Empty texts mean everything. A language model's scores have a minimum sum of
 * points, the built-in scorer's a minimum match in percent.
 */
export type PaperFilter = {
  topic: string;
  author: string;
  min: number | undefined;
  match: number | undefined;
  unread: boolean;
};

const maxLength = 200;

const numberOf = (text: string): number | undefined =>
  /^\d{1,3}(?:\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;

/** Reads `?topic=…&author=…&min=…&match=…&unread=1`. Unusable values mean everything. */
export const filterOf = (query: Readonly<Record<string, string>> = {}): PaperFilter => {
  const { topic = '', author = '', min = '', match = '', unread } = query;
  return {
    topic: topic.slice(0, maxLength),
    author: author.trim().slice(0, maxLength),
    min: numberOf(min),
    match: numberOf(match),
    unread: unread === '1',
  };
};

const isActive = ({ topic, author, min, match, unread }: PaperFilter): boolean =>
  topic !== '' || author !== '' || min !== undefined || match !== undefined || unread;

/** A score is compared with the minimum of its own kind only. */
const reaches = (score: Score, { min, match }: PaperFilter): boolean =>
  isBuiltIn(score) ? match === undefined || score.match >= match : min === undefined || totalScore(score) >= min;

export const passing = (
  entries: readonly DigestEntry[],
  filter: PaperFilter,
  isRead: (id: string) => boolean,
): DigestEntry[] => {
  const { topic, author, unread } = filter;
  return entries.filter(
    (entry) =>
      (topic === '' || entry.topic === topic) &&
      (author === '' || entry.paper.authors.some((name) => fold(name).includes(fold(author)))) &&
      reaches(entry.score, filter) &&
      !(unread && isRead(entry.paper.id)),
  );
};

type FilterForm = {
  entries: readonly DigestEntry[];
  filter: PaperFilter;
  shown: number;
  page: string;
  canFilterUnread: boolean;
};

const minimum = (name: 'min' | 'match', label: string, max: number, value: number | undefined): Html =>
  html`<label>${label} <input type="number" name="${name}" min="0" max="${max}" value="${value ?? ''}" /></label>`;

/** A form that works without scripts: its answer is the same page with fewer papers, and the focus on the filter. */
export const filterForm = ({ entries, filter, shown, page, canFilterUnread }: FilterForm): Html => {
  if (entries.length < 2) return nothing;
  const topics = [...new Set(entries.flatMap(({ topic }) => topic ?? []))].sort();
  const isOn = isActive(filter);
  const option = (topic: string): Html =>
    html`<option value="${topic}"${topic === filter.topic ? html` selected` : nothing}>${topic}</option>`;
  const hasPoints = entries.some(({ score }) => isByModel(score));
  const hasMatches = entries.some(({ score }) => isBuiltIn(score));
  return html`<details class="fold filter"${isOn ? html` open` : nothing}>
        <summary id="filter">${isOn ? `${shown} of ${countOf(entries.length, 'paper')}` : html`<b>Filter</b>`}</summary>
        <form method="get" action="${page}#filter">
          ${topics.length > 0 ? html`<label>Topic <select name="topic"><option value="">All</option>${topics.map(option)}</select></label>` : nothing}
          <label>Author <input type="text" name="author" value="${filter.author}" autocomplete="off" /></label>
          ${hasPoints ? minimum('min', 'Minimum score', 20, filter.min) : nothing}
          ${hasMatches ? minimum('match', 'Minimum match (%)', 100, filter.match) : nothing}
          ${canFilterUnread ? html`<label><input type="checkbox" name="unread" value="1"${filter.unread ? html` checked` : nothing} /> Unread only</label>` : nothing}
          <button>Filter</button>${isOn ? html` <a href="${page}#filter">Show all</a>` : nothing}
        </form>
        ${hasPoints && hasMatches ? html`<p class="small">Papers by the built-in scorer have a match instead of a score.</p>` : nothing}
      </details>`;
};
