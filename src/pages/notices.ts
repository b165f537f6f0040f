import { html } from 'hono/html';
import type { Digest } from '../core/digest.ts';
import { describeRemedial } from '../core/digest-text.ts';
import { dateOfInstant } from './dates.ts';
import type { PageChannel } from './day.ts';
import type { Html } from './html.ts';

/** That every paper is invented. */
const sampleNotice = (): Html => html`<p class="notice">
        <b>Every paper on this page is invented.</b> arXiv is out of reach, so this built-in sample shows what a day looks
        like. The real digest follows as soon as arXiv answers.
      </p>`;

/** "This is a remedial run: … had been missed. Made on 26 May 2025."; empty for any other. */
const remedialNotice = (digest: Pick<Digest, 'date' | 'remedial' | 'createdAt'>, { timezone }: PageChannel): string => {
  const words = describeRemedial(digest);
  if (words === '') return '';
  return `This is a ${words.charAt(0).toLowerCase()}${words.slice(1)} Made on ${dateOfInstant(digest.createdAt, timezone)}.`;
};

/** All that a reader must know before the papers. */
export const noticesOf = (digest: Digest, channel: PageChannel): Html => {
  const remedial = remedialNotice(digest, channel);
  return html`${digest.sample ? sampleNotice() : ''}${remedial ? html`<p class="notice">${remedial}</p>` : ''}
      ${digest.notices.map((notice) => html`<p class="notice">${notice}</p>`)}`;
};
