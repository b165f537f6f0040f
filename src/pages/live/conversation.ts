import { html } from 'hono/html';
import type { Exchange, Reader } from '../../core/site.ts';
import { type Html, nothing } from '../html.ts';
import type { Links } from '../links.ts';
import { messageHtml } from '../message.ts';

/** A command as it was typed, and its answer. */
export const exchangeHtml = ({ text, reply }: Exchange): Html => {
  const command = text.trim().replace(/^\/arxiv\b\s*/i, '');
  return html`<article class="exchange">
          <p class="asked"><code>/arxiv ${command}</code></p>
          <div class="reply">${messageHtml(reply)}</div>
        </article>`;
};

/** Where a page's commands go. */
export type CommandBox = {
  channel: string;
  /** The page that it stands on, such as `2025-07-08.html`, for the way back without a script. */
  page: string;
  reader: Reader;
};

/** The box for commands, with the answers above it, at the foot of the window. */
export const commandBox = ({ channel, page, reader }: CommandBox, links: Links): Html => {
  const { exchange } = reader;
  return html`<section class="dock" aria-label="Ask Paperboy">
        <div class="answers" id="answers" ${exchange ? '' : 'hidden'}>
          <button type="button" class="close" id="close-answers" aria-label="Close the answers">×</button>
          <div class="conversation" id="conversation" role="log" aria-label="Answers" tabindex="0">${exchange ? exchangeHtml(exchange) : nothing}</div>
        </div>
        <form class="ask" id="ask" method="post" action="${links.file(channel, 'commands')}" data-completions="${links.file(channel, 'completions')}">
          <input type="hidden" name="page" value="${page}" />
          <label for="command"><span class="spoken">Ask Paperboy: </span>/arxiv</label>
          <div class="field">
            <input id="command" name="text" type="text" maxlength="2000" autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="send" placeholder="top 5, or help for all you can ask" required />
            <ul class="offers" id="offers" role="listbox" aria-label="What you can ask" hidden></ul>
          </div>
          <button>Ask</button>
        </form>
      </section>`;
};
