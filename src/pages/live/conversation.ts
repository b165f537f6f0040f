import { html } from 'hono/html';
import { shorten } from '../../core/paper-text.ts';
import type { Exchange, Reader } from '../../core/site.ts';
import { answerHtml } from '../form.ts';
import { type Html, nothing } from '../html.ts';
import type { Links } from '../links.ts';
import { type Desk, pageField } from '../message.ts';

/** Of a typed command so much is repeated above its answer. */
const longestEcho = 160;

/** A command as it was typed, and its answer. */
export const exchangeHtml = ({ text, reply }: Exchange, desk: Desk): Html => {
  const command = text.trim().replace(/^\/arxiv\b\s*/i, '');
  return html`<article class="exchange">
          <p class="asked"><code>/arxiv ${shorten(command, longestEcho)}</code></p>
          <div class="reply">${answerHtml(reply, desk)}</div>
        </article>`;
};

/** Where a page's commands go. */
export type CommandBox = {
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
