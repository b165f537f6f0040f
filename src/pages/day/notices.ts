import { html } from 'hono/html';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import { isReported } from '../../digest/best-order.ts';
import { describeNudge, describeRemedial } from '../../digest/text.ts';
import { dateOfInstant } from '../dates.ts';
import type { Html } from '../html.ts';
import type { PageChannel } from './day.ts';

export const nearestTitle = 'No paper picked; these came closest';

/** "Your votes moved it by +0.8 points: you liked 5 papers on quantization"; empty if votes moved it by less than half a point. */
export const movedLine = (entry: DigestEntry): string => {
  const nudge = describeNudge(entry);
  return nudge && `Your votes moved it by ${nudge}`;
};

export const movedSummary = (entries: readonly DigestEntry[]): string => {
  const moved = entries.filter(isReported).length;
  const explained = entries.filter((entry) => movedLine(entry) !== '').length;
  if (explained === 0) return '';
  if (moved > explained) return `Your votes moved ${moved} papers; notes under the ${explained} moved most say why.`;
  return moved === 1
    ? 'Your votes moved one paper; the note under it says why.'
    : `Your votes moved ${moved} papers; the note under each says why.`;
};

const remedialNotice = (digest: Pick<Digest, 'date' | 'remedial' | 'createdAt'>, { timezone }: PageChannel): string => {
  const words = describeRemedial(digest);
  if (words === '') return '';
  return `This is a ${words.charAt(0).toLowerCase()}${words.slice(1)} Made on ${dateOfInstant(digest.createdAt, timezone)}.`;
};

export const noticesOf = (digest: Digest, channel: PageChannel): Html => {
  const remedial = remedialNotice(digest, channel);
  return html`${remedial ? html`<p class="notice">${remedial}</p>` : ''}
      ${digest.notices.map((notice) => html`<p class="notice">${notice}</p>`)}`;
};
