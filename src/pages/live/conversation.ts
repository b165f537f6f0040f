import { html } from 'hono/html';
import { shorten } from '../../core/paper-text.ts';
import type { Exchange, Reader } from '../../core/site.ts';
import type { WebMessage } from '../../core/stores.ts';
import { timeOfInstant } from '../dates.ts';
import type { PageChannel } from '../day/day.ts';
import { type Html, lines, nothing } from '../html.ts';
import type { Links } from '../links.ts';
import { answerHtml, type Desk, messageHtml, pageField } from '../message.ts';

/** A message that stands in the channel, with what was said in its thread. */
type Post = readonly WebMessage[];

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

/** Of a typed command so much is repeated above its answer. */
const maxEchoLength = 160;

/** A command as it was typed, and its answer. */
export const exchangeHtml = ({ text, reply }: Exchange, desk: Desk): Html => {
  const command = text.trim().replace(/^\/arxiv\b\s*/i, '');
  return html`<article class="exchange">
          <p class="asked"><code>/arxiv ${shorten(command, maxEchoLength)}</code></p>
          <div class="reply">${answerHtml(reply, desk)}</div>
        </article>`;
};

/** Where a page's commands go. */
type CommandBox = {
  channel: string;
  /** The page that it stands on, such as `2025-07-08.html`, for the way back without a script. */
  page: string;
  reader: Reader;
};

/** In place of the box: why there is none. */
export const noCommandBox = (channel: string, isFormer: boolean): Html => {
  const why = isFormer
    ? `${channel} was taken away in chat: its pages stay, and it takes no votes or commands.`
    : `${channel} takes no votes or commands here, since web is not among the places it posts to in the config file.`;
  return html`<section class="dock" aria-label="Ask Paperboy"><p class="small">${why}</p></section>`;
};

/** The box for commands, with the answers above it, at the foot of the window. */
export const commandBox = ({ channel, page, reader }: CommandBox, links: Links): Html => {
  const { exchange } = reader;
  const desk = { address: links.file(channel, 'commands'), page };
  return html`<section class="dock" aria-label="Ask Paperboy">
        <div class="answers" id="answers" ${exchange ? '' : 'hidden'}>
          <button type="button" class="close" id="close-answers" aria-label="Close the answers">×</button>
          <div class="conversation" id="conversation" role="log" aria-label="Answers" tabindex="0">${exchange ? exchangeHtml(exchange, desk) : nothing}</div>
        </div>
        <form class="ask" id="ask" method="post" action="${desk.address}" data-completions="${links.file(channel, 'completions')}">
          ${pageField(desk)}
          <label for="command"><span class="spoken">Ask Paperboy: </span>/arxiv</label>
          <div class="field">
            <input id="command" name="text" type="text" maxlength="2000" autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="send" placeholder="top 5, or help for all you can ask" required />
            <ul class="offers" id="offers" role="listbox" tabindex="-1" aria-label="What you can ask" hidden></ul>
          </div>
          <button>Ask</button>
        </form>
      </section>`;
};
