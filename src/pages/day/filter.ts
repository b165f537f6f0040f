import { html } from 'hono/html';
import { type Digest, type DigestEntry, isOnlyBuiltIn } from '../../core/digest.ts';
import { fold } from '../../core/folding.ts';
import { countOf } from '../../core/paper.ts';
import { isBuiltIn, totalScore } from '../../core/score.ts';
import { type Html, nothing } from '../html.ts';

/** What a reader wants to see of a day. Empty texts mean everything. */
export type PaperFilter = { topic: string; author: string; min: number | undefined; unread: boolean };

const maxLength = 200;

/** Reads `?topic=…&author=…&min=…&unread=1`. Unusable values mean everything. */
export const filterOf = (query: Readonly<Record<string, string>> = {}): PaperFilter => {
  const { topic = '', author = '', min = '', unread } = query;
  const number = /^\d{1,3}(?:\.\d+)?$/.test(min.trim()) ? Number(min) : undefined;
  return {
    topic: topic.slice(0, maxLength),
    author: author.trim().slice(0, maxLength),
    min: number,
    unread: unread === '1',
  };
};

const isActive = ({ topic, author, min, unread }: PaperFilter): boolean =>
  topic !== '' || author !== '' || min !== undefined || unread;

/** A minimum is a sum of points. On a day of the built-in scorer alone, it is a match in percent. */
const reaches = ({ score }: DigestEntry, min: number, digest: Digest): boolean =>
  isBuiltIn(score) ? isOnlyBuiltIn(digest) && score.match >= min : totalScore(score) >= min;

export const passing = (
  entries: readonly DigestEntry[],
  { topic, author, min, unread }: PaperFilter,
  { digest, isRead }: { digest: Digest; isRead: (id: string) => boolean },
): DigestEntry[] =>
  entries.filter(
    (entry) =>
      (topic === '' || entry.topic === topic) &&
      (author === '' || entry.paper.authors.some((name) => fold(name).includes(fold(author)))) &&
      (min === undefined || reaches(entry, min, digest)) &&
      !(unread && isRead(entry.paper.id)),
  );

type FilterForm = { digest: Digest; filter: PaperFilter; shown: number; page: string; canFilterUnread: boolean };

/** A form that works without scripts: its answer is the same page with fewer papers, and the focus on the filter. */
export const filterForm = ({ digest, filter, shown, page, canFilterUnread }: FilterForm): Html => {
  const { entries } = digest;
  if (entries.length < 2) return nothing;
  const topics = [...new Set(entries.flatMap(({ topic }) => topic ?? []))].sort();
  const isOn = isActive(filter);
  const option = (topic: string): Html =>
    html`<option value="${topic}"${topic === filter.topic ? html` selected` : nothing}>${topic}</option>`;
  const [label, max] = isOnlyBuiltIn(digest) ? ['Match from', 100] : ['Score from', 20];
  return html`<details class="fold filter"${isOn ? html` open` : nothing}>
        <summary id="filter">${isOn ? `${shown} of ${countOf(entries.length, 'paper')}` : html`<b>Filter</b>`}</summary>
        <form method="get" action="${page}#filter">
          ${topics.length > 0 ? html`<label>Topic <select name="topic"><option value="">All</option>${topics.map(option)}</select></label>` : nothing}
          <label>Author <input type="text" name="author" value="${filter.author}" autocomplete="off" /></label>
          <label>${label} <input type="number" name="min" min="0" max="${max}" value="${filter.min ?? ''}" /></label>
          ${canFilterUnread ? html`<label><input type="checkbox" name="unread" value="1"${filter.unread ? html` checked` : nothing} /> Unread only</label>` : nothing}
          <button>Filter</button>${isOn ? html` <a href="${page}#filter">Show all</a>` : nothing}
        </form>
      </details>`;
};
