import { html } from 'hono/html';
import { longDate, monthInWords, weekdayOf } from '../../core/dates.ts';
import type { DigestSummary } from '../../core/digest.ts';
import { grouped, type IsoDate } from '../../core/paper.ts';
import { monthsOf, shortMonthInWords, weeksOf, yearsOf } from '../dates.ts';
import { type Html, lines } from '../html.ts';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export type CalendarDay = Pick<DigestSummary, 'date' | 'counts' | 'remedial'>;

/**
 * A month with one cell per day, colored by the number of picked papers and linked to the day's page. Weekend columns
 * appear only if a weekend day has a digest.
 */
export const calendar = (month: string, days: readonly CalendarDay[], href: (date: IsoDate) => string): Html => {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const maxPicked = Math.max(1, ...days.map(({ counts }) => counts.relevant));
  const columns = Math.max(5, ...days.map(({ date }) => weekdayOf(date)));
  const weeks = weeksOf(month)
    .map((week) => week.slice(0, columns))
    .filter((week) => week.some((date) => date !== undefined));

  const cell = (date: IsoDate | undefined): Html => {
    if (date === undefined) return html`<td></td>`;
    const number = Number(date.slice(-2));
    const day = byDate.get(date);
    if (!day) return html`<td class="none"><span class="date">${number}</span></td>`;
    const { relevant, scanned } = day.counts;
    const words = `${longDate(date)}: ${grouped(relevant)} of ${grouped(scanned)} candidates picked${day.remedial ? ', remedial run' : ''}`;
    return html`<td><a href="${href(date)}" aria-label="${words}" style="--share:${Math.round((100 * relevant) / maxPicked)}%"><span class="date">${number}${day.remedial ? html`<span class="late">late</span>` : ''}</span><b>${grouped(relevant)}</b><small>of ${grouped(scanned)}</small></a></td>`;
  };

  return html`<table class="calendar">
        <caption class="spoken">Papers picked on each day of ${monthInWords(month)}</caption>
        <thead>
          <tr>${weekdays.slice(0, columns).map((name) => html`<th scope="col"><abbr title="${name}">${name.slice(0, 3)}</abbr></th>`)}</tr>
        </thead>
        <tbody>
          ${lines(weeks.map((week) => html`<tr>${lines(week.map(cell))}</tr>`))}
        </tbody>
      </table>`;
};

export const monthAndYearLinks = (
  dates: readonly IsoDate[],
  file: (name: string) => string,
  open?: string,
): { months: Html; years: Html } => {
  const link = (of: string, words: string): Html =>
    html`<li><a href="${file(`${of}.html`)}"${open === `${of}.html` ? html` aria-current="page"` : ''}>${words}</a></li>`;
  const list = (links: readonly Html[]): Html => html`<ul class="names">${lines(links)}</ul>`;
  return {
    months: list(monthsOf(dates).map((month) => link(month, shortMonthInWords(month)))),
    years: list(yearsOf(dates).map((year) => link(year, year))),
  };
};
