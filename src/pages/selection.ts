import { html } from 'hono/html';
import type { Digest } from '../core/digest.ts';
import type { Rubric } from '../core/score.ts';
import { type Html, nothing } from './html.ts';

const folded = (summary: string, text: string): Html => html`<details class="prompt">
        <summary>${summary}</summary>
        <pre>${text}</pre>
      </details>`;

/** By what the papers were selected, so that a reader can see why. `prompt` is what the model was told. */
export const selection = (digest: Digest, rubric: Rubric | undefined, prompt: (rubric: Rubric) => string): Html => {
  if (!rubric) return nothing;
  const isLocal = (engine: string): boolean => engine === 'local';
  const byLocal = digest.engines.some(({ engine }) => isLocal(engine));
  const byModel = digest.engines.some(({ engine }) => !isLocal(engine));
  return html`<section class="why" aria-labelledby="why">
      <h2 id="why">Why these papers</h2>
      ${byLocal ? html`<p>The built-in scorer learns what the channel looks for from the words of its topics.</p>` : ''}
      ${byLocal && !byModel ? folded('The topics that selected these papers', rubric.topics) : folded('The prompt that selected these papers', prompt(rubric))}
    </section>`;
};
