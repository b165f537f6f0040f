import { html } from 'hono/html';
import { frame } from './frame.ts';
import { nothing } from './html.ts';
import { linksFrom } from './links.ts';

/**
 * The page at `/sign-in`, where people show the secret once.
 *
 * @param to the path to go to afterwards
 * @param problem what was wrong with the try before, a sentence
 */
export const signInPage = ({ to, problem }: { to: string; problem: string | undefined }): Promise<string> => {
  const wrong = problem !== undefined;
  return frame(
    {
      title: wrong ? 'Not signed in yet – Paperboy' : 'Sign in – Paperboy',
      description: 'Sign in to read, vote and ask.',
      links: linksFrom(undefined),
      channel: undefined,
      skip: { to: 'secret', label: 'Skip to the form' },
    },
    html`<form class="sign-in card" method="post" action="sign-in">
        <h1>Sign in</h1>
        <p id="about-secret">This Paperboy asks for a secret, which whoever runs it can tell you. You type it once; this browser then stays signed in.</p>
        ${wrong ? html`<p class="notice" id="problem" role="alert">${problem}</p>` : nothing}
        <input type="hidden" name="to" value="${to}" />
        <label for="secret">Secret</label>
        <input type="password" id="secret" name="secret" autocomplete="current-password" required autofocus aria-describedby="${wrong ? 'problem ' : ''}about-secret"${wrong ? html` aria-invalid="true"` : nothing} />
        <button type="submit">Sign in</button>
      </form>`,
  );
};
