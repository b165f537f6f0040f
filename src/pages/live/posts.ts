import { html } from 'hono/html';
import type { WebMessage } from '../../core/stores.ts';
import { timeOfInstant } from '../dates.ts';
import type { PageChannel } from '../day.ts';
import { type Html, lines, nothing } from '../html.ts';
import { type Desk, messageHtml } from '../message.ts';

/** A message that stands in the channel, with what was said in its thread. */
export type Post = readonly WebMessage[];

const article = (message: WebMessage, desk: Desk | undefined): Html =>
  html`<div class="message" id="message-${message.key}">${messageHtml(message.message, desk)}</div>`;

const post = (messages: Post, { timezone }: PageChannel, desk: Desk | undefined): Html => {
  const [header, ...replies] = messages;
  if (!header) return nothing;
  const at = new Date(header.sentAt).toISOString();
  return html`<article class="post card">
          <p class="small"><time datetime="${at}">${timeOfInstant(at, timezone)}</time></p>
          ${article(header, desk)}
          ${replies.length > 0 ? html`<div class="replies">${lines(replies.map((reply) => article(reply, desk)))}</div>` : ''}
        </article>`;
};

/**
 * Messages to the channel that are no digest, oldest first.
 *
 * @param desk where their buttons lead; undefined for a reader who may only look
 */
export const postList = (posts: readonly Post[], channel: PageChannel, desk: Desk | undefined): Html =>
  posts.length === 0
    ? nothing
    : html`<section class="posts" aria-label="Messages">${lines(posts.map((one) => post(one, channel, desk)))}</section>`;
