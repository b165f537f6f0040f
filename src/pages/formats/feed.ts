import { createHash } from 'node:crypto';
import { html } from 'hono/html';
import { acknowledgement } from '../../core/arxiv.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import { fold, withoutControls } from '../../core/folding.ts';
import { abstractUrl, authorsLine, htmlUrl, isSamplePaper, pdfUrl } from '../../core/paper.ts';
import { plainMathematics } from '../../core/plain-mathematics.ts';
import { longScoreText } from '../../core/score.ts';
import { describeMatches, describeReason } from '../../digest/text.ts';
import { movedLine } from '../day/notices.ts';
import { escaped, type Html } from '../html.ts';
import { pageName, paperAnchor } from '../links.ts';

type Feed = {
  channel: string;
  digests: readonly Digest[];
  now: Date;
  /** Where people reach the channel's pages, with a slash at the end. Without it, links to pages are relative. */
  base?: string | undefined;
  /** Only the papers of this topic. */
  topic?: string | undefined;
};

export const feedDays = 10;

/** Text for XML, without characters that XML 1.0 (2.2) forbids or that change the text direction. */
const xml = (text: string): string =>
  escaped(
    withoutControls(text)
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

/** File of a topic's feed, such as `feed-model-compression.xml`; undefined if the name has no letter or digit. */
export const topicFeedName = (topic: string): string | undefined => {
  const slug = fold(topic)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  return slug === '' ? undefined : `feed-${slug}.xml`;
};

/** Topics of the picked papers, one for each feed, in the order of their names. */
export const topicsWithFeed = (digests: readonly Pick<Digest, 'entries'>[]): string[] => {
  const topics = digests.flatMap(({ entries }) => entries.flatMap(({ topic }) => topic ?? []));
  const byFile = new Map(
    topics.toReversed().flatMap((topic) => {
      const name = topicFeedName(topic);
      return name === undefined ? [] : [[name, topic] as const];
    }),
  );
  return [...byFile.values()].sort((a, b) => a.localeCompare(b));
};

const content = (entry: DigestEntry, page: string): Html => {
  const { paper, score, topic, summary } = entry;
  const match = describeMatches(entry);
  const moved = movedLine(entry);
  const links = isSamplePaper(paper)
    ? ''
    : html` · <a href="${abstractUrl(paper)}">Abstract</a> · <a href="${pdfUrl(paper)}">PDF</a> · <a href="${htmlUrl(paper)}">HTML</a>`;
  const words = describeReason(entry);
  const reason = words ? html`<p><b>${plainMathematics(words)}</b></p>\n` : '';
  const gist = summary ? html`<p>${plainMathematics(summary.text)}</p>\n` : '';
  return html`${gist}${reason}<p>${longScoreText(score)}${match ? html` · ${match}` : ''}${topic ? html` · ${topic}` : ''}</p>
<p><i>${authorsLine(paper.authors)}</i></p>
<p>${plainMathematics(paper.abstract)}</p>
<p>${paper.id}${links} · <a href="${page}">Digest</a></p>${moved && html`\n<p><small>${moved}</small></p>`}`;
};

const entryOf = (entry: DigestEntry, digest: Digest, base: string): string => {
  const { paper, score, rank, topic, summary } = entry;
  const page = `${base}${pageName(digest)}${paperAnchor(rank)}`;
  const address = isSamplePaper(paper) ? page : abstractUrl(paper);
  return `<entry>
<id>${idOf(`${digest.channel}/${paper.id}`)}</id>
<title>${xml(plainMathematics(paper.title))}</title>
<published>${xml(digest.createdAt)}</published>
<updated>${xml(digest.createdAt)}</updated>
${paper.authors.map((name) => `<author><name>${xml(name)}</name></author>`).join('\n')}
<link rel="alternate" type="text/html" href="${xml(address)}"/>
${topic === undefined ? '' : `<category term="${xml(topic)}"/>\n`}<summary>${xml(plainMathematics([summary?.text, `${longScoreText(score)}.`, describeReason(entry)].filter(Boolean).join(' ')))}</summary>
<content type="html">${xml(content(entry, page).toString())}</content>
</entry>`;
};

/**
 * The papers of a channel's newest digests as an Atom feed (RFC 4287), newest digest first and in the order of each
 * digest. Links to papers are absolute.
 */
export const channelFeed = ({ channel, digests, now, base = '', topic }: Feed): string => {
  const shown = digests.toSorted((one, other) => other.date.localeCompare(one.date)).slice(0, feedDays);
  const wanted = topic === undefined ? undefined : topicFeedName(topic);
  const isWanted = (entry: DigestEntry): boolean =>
    wanted === undefined || (entry.topic !== undefined && topicFeedName(entry.topic) === wanted);
  const seen = new Set<string>();
  const entries = shown.flatMap((digest) =>
    digest.entries
      .filter((entry) => isWanted(entry) && !seen.has(entry.paper.id) && seen.add(entry.paper.id))
      .map((entry) => entryOf(entry, digest, base)),
  );
  const updated = shown.map(({ createdAt }) => createdAt).reduce((last, at) => (at > last ? at : last), '');
  const title = topic === undefined ? `${channel}: arXiv papers` : `${channel}: ${topic}`;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${idOf(wanted === undefined ? channel : `${channel}/${wanted}`)}</id>
<title>${xml(title)}</title>
<subtitle>${xml(`The papers that channel ${channel} picked from arXiv's announcements.`)}</subtitle>
<rights>${xml(acknowledgement)}</rights>
<updated>${xml(updated || now.toISOString())}</updated>
<author><name>Paperboy</name></author>
<generator>Paperboy</generator>
<link rel="self" type="application/atom+xml" href="${xml(`${base}${wanted ?? 'feed.xml'}`)}"/>
<link rel="alternate" type="text/html" href="${xml(`${base}index.html`)}"/>
${[...entries, '</feed>'].join('\n')}
`;
};
