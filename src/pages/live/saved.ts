import { html } from 'hono/html';
import { exportFormats, exports } from '../../core/citations/exports.ts';
import { dateIn, dayText } from '../../core/dates.ts';
import { fold } from '../../core/folding.ts';
import { abstractUrl, authorsLine, countOf, pdfUrl } from '../../core/paper.ts';
import type { SavedPaper } from '../../core/reading.ts';
import type { SiteFile } from '../../core/site.ts';
import { bibtexFile, saveForm } from '../day/acts.ts';
import type { PageChannel } from '../day/day.ts';
import { channelKicker, frame, type LiveFrame } from '../frame.ts';
import { type Html, lines, nothing } from '../html.ts';
import type { Links } from '../links.ts';
import { typeset } from '../math/typeset.ts';
import { commandButtons, type Desk } from '../message.ts';

export const savedPageName = 'saved.html';

/** The saved papers that contain every word, in title, authors, abstract or id. */
const matching = (saved: readonly SavedPaper[], query: string): SavedPaper[] => {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return saved.filter(({ paper }) => {
    const text = fold([paper.title, ...paper.authors, paper.abstract, paper.id].join(' '));
    return words.every((word) => text.includes(word));
  });
};

type SavedList = {
  channel: PageChannel;
  saved: readonly SavedPaper[];
  query: string;
  /** Receives changes of the list; undefined if the channel accepts none. */
  marks: string | undefined;
  /** Receives commands; undefined if the channel accepts none. */
  desk: Desk | undefined;
};

const savedItem = (
  { paper, at }: SavedPaper,
  position: number,
  { channel: { timezone }, marks }: SavedList,
): Html => html`<li id="saved-${position}">
          <div>
            <a href="${abstractUrl(paper)}">${typeset(paper.title)}</a>
            <span class="by">${authorsLine(paper.authors)} · ${paper.id} · saved on ${dayText(dateIn(new Date(at), timezone))}</span>
            <details class="abstract">
              <summary>Abstract</summary>
              <p dir="auto">${typeset(paper.abstract)}</p>
            </details>
            <div class="acts">${marks === undefined ? nothing : saveForm(paper, `${marks}#saved-${position}`, true)} <a href="${pdfUrl(paper)}">PDF</a> ${bibtexFile(paper)}</div>
          </div>
        </li>`;

/** The list as a file for a reference manager: `bib`, `ris` or `json`. */
export const savedFile = (ending: string, { saved, query }: SavedList): SiteFile | undefined => {
  const format = exportFormats.find((one) => exports[one].ending === ending);
  if (format === undefined) return undefined;
  const { mediaType, write } = exports[format];
  return { type: `${mediaType}; charset=utf-8`, body: write(matching(saved, query).map(({ paper }) => paper)) };
};

/** People do not expect that another browser is another person. */
const linkOffer = (desk: Desk): Html => html`
      <p class="small">Do you miss papers that you saved on Slack, on Discord or in another browser? Link your accounts.</p>
      ${commandButtons([{ label: 'Link', command: 'link' }], desk, 'actions')}`;

export const savedPage = (list: SavedList, links: Links, live: LiveFrame): Promise<string> => {
  const { channel, saved, query } = list;
  const shown = matching(saved, query);
  const file = (ending: string): string => links.file(channel.name, `saved.${ending}`);
  const search = query === '' ? '' : `?q=${encodeURIComponent(query)}`;
  const downloads = exportFormats.map(
    (format) => html` <a href="${file(exports[format].ending)}${search}" download>${exports[format].label}</a>`,
  );
  const count = query === '' ? countOf(saved.length, 'paper') : `${shown.length} of ${countOf(saved.length, 'paper')}`;
  const items = html`<p class="small">Newest first. Export as${downloads}</p>
      <ol class="list saved">
        ${lines(shown.map((one, index) => savedItem(one, index + 1, list)))}
      </ol>`;
  const none =
    saved.length === 0
      ? 'Your reading list is empty. Press Save under a paper to add it.'
      : 'No saved paper contains these words.';
  const content = shown.length === 0 ? html`<p>${none}</p>` : items;
  return frame(
    {
      title: `Reading list · ${channel.name}`,
      description: 'The papers that you saved.',
      links,
      channel: channel.name,
      live,
    },
    html`<header class="lead day">
        <div class="line">
          ${channelKicker(channel.name, links)}
          <h1>Reading list</h1>
          <p class="picked">${count}</p>
        </div>
      </header>
      <form class="search" method="get" action="${file('html')}#q" role="search">
        <label for="q">Search your list</label>
        <input type="search" id="q" name="q" value="${query}" />
        <button>Search</button>${query === '' ? nothing : html` <a href="${file('html')}#q">Show all</a>`}
      </form>
      ${content}${list.desk ? linkOffer(list.desk) : nothing}`,
  );
};
