import { createHash } from 'node:crypto';
import { html } from 'hono/html';
import { acknowledgement } from '../../core/arxiv.ts';
import { longDate } from '../../core/dates.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import { withoutDirection } from '../../core/folding.ts';
import { abstractUrl, authorsLine, countOf, htmlUrl, pdfUrl } from '../../core/paper.ts';
import { plainMathematics } from '../../core/plain-mathematics.ts';
import { longScoreText } from '../../core/score.ts';
import {
  describeAuthorCheck,
  describeCost,
  describeCounts,
  describeEngines,
  describeMatches,
  describeRemedial,
} from '../../digest/text.ts';
import { movedLine, movedSummary, nearestTitle } from '../day/notices.ts';
import { escaped, type Html } from '../html.ts';
import { pageName } from '../links.ts';

type Feed = {
  channel: string;
  digests: readonly Digest[];
  now: Date;
};

export const feedDays = 20;

/** Text for XML, without characters that XML 1.0 (2.2) forbids or that change the text direction. */
const xml = (text: string): string =>
  escaped(
    withoutDirection(text)
      .toWellFormed()
      .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''),
  );

/** An id that does not depend on the feed's address: a version 5 UUID (RFC 9562, 5.5). */
const idOf = (name: string): string => {
  const bytes = createHash('sha1').update(`paperboy/${name}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `urn:uuid:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}`;
};

const paper = (entry: DigestEntry): Html => {
  const { paper, score, rank, topic } = entry;
  const match = describeMatches(entry);
  const moved = movedLine(entry);
  return html`<li value="${rank}">
<p><a href="${abstractUrl(paper)}"><b>${plainMathematics(paper.title)}</b></a><br>
${authorsLine(paper.authors)}<br>
${longScoreText(score)}${match ? html` · ${match}` : ''}${topic ? html` · ${topic}` : ''} · ${paper.id} · <a href="${pdfUrl(paper)}">PDF</a> · <a href="${htmlUrl(paper)}">HTML</a></p>${
    score.comment &&
    html`
<p>${plainMathematics(score.comment)}</p>`
  }${
    moved &&
    html`
<p><small>${moved}</small></p>`
  }
</li>`;
};

const content = (digest: Digest): Html => {
  const { entries, nearest, notices } = digest;
  const lines = [
    describeRemedial(digest),
    ...notices,
    describeCounts(digest),
    describeAuthorCheck(digest),
    `${describeEngines(digest)}.`,
    describeCost(digest),
    movedSummary(entries),
  ];
  const shown = entries.length > 0 ? entries : nearest;
  return html`${lines.filter((line) => line !== '').map((line) => html`<p>${line}</p>`)}
${entries.length === 0 && nearest.length > 0 ? html`<p>${nearestTitle}.</p>` : ''}
<ol>${shown.map(paper)}</ol>
<p><a href="${pageName(digest)}">The day’s page, with abstracts</a></p>`;
};

const entry = (digest: Digest): string => {
  const { channel, date, createdAt, entries, remedial } = digest;
  const title = `${longDate(date)}: ${countOf(entries.length, 'paper')}${remedial ? ' (remedial run)' : ''}`;
  return `<entry>
<id>${idOf(`${channel}/${date}`)}</id>
<title>${xml(title)}</title>
<published>${xml(createdAt)}</published>
<updated>${xml(createdAt)}</updated>
<link rel="alternate" type="text/html" href="${xml(pageName(digest))}"/>
<content type="html">${xml(content(digest).toString())}</content>
</entry>`;
};

/**
 * The newest days of a channel as an Atom feed (RFC 4287), one entry per day. Links are relative to the feed, which is
 * in the folder of the pages.
 */
export const channelFeed = ({ channel, digests, now }: Feed): string => {
  const shown = digests.toSorted((one, other) => other.date.localeCompare(one.date)).slice(0, feedDays);
  const updated = shown.map(({ createdAt }) => createdAt).reduce((last, at) => (at > last ? at : last), '');
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${idOf(channel)}</id>
<title>${xml(`${channel}: arXiv papers`)}</title>
<subtitle>${xml(`The papers that channel ${channel} picked from each arXiv announcement.`)}</subtitle>
<rights>${xml(acknowledgement)}</rights>
<updated>${xml(updated || now.toISOString())}</updated>
<author><name>Paperboy</name></author>
<generator>Paperboy</generator>
<link rel="self" type="application/atom+xml" href="feed.xml"/>
<link rel="alternate" type="text/html" href="index.html"/>
${[...shown.map(entry), '</feed>'].join('\n')}
`;
};
