import { html } from 'hono/html';
import { setupPath } from '../../core/setup-pages.ts';
import { frame } from '../../pages/frame.ts';
import { type Html, lines, nothing } from '../../pages/html.ts';
import { absoluteLinks } from '../../pages/live/pages.ts';
import type { SetupSession } from './session.ts';

const steps = [
  { name: 'papers', label: 'Papers' },
  { name: 'model', label: 'Scoring' },
  { name: 'chat', label: 'Channels' },
  { name: 'finish', label: 'Start' },
] as const;

export type StepName = (typeof steps)[number]['name'];

export const stepPath = (name: string): string => `${setupPath}/${name}`;

/** Where Continue leads: to the next step or, if only one thing is changed, back to the overview. */
export const afterStep = (step: StepName, { isAgain }: Pick<SetupSession, 'isAgain'>): string => {
  const next = steps[steps.findIndex(({ name }) => name === step) + 1]?.name ?? 'finish';
  return stepPath(isAgain ? 'finish' : next);
};

const stepList = (open: StepName, isAgain: boolean): Html => {
  const at = steps.findIndex(({ name }) => name === open);
  const item = ({ name, label }: (typeof steps)[number], index: number): Html => {
    const text = html`<span class="number" aria-hidden="true">${index + 1}</span> ${label}`;
    if (index === at) return html`<li class="here" aria-current="step"><span>${text}</span></li>`;
    return index < at || isAgain
      ? html`<li class="done"><a href="${stepPath(name)}">${text}</a></li>`
      : html`<li><span>${text}</span></li>`;
  };
  return html`<nav class="steps" aria-label="Steps"><ol>${lines(steps.map(item))}</ol></nav>`;
};

/** What went wrong and the way on. It gets the focus, so that it is read first. */
const notice = (text: string | undefined): Html =>
  text === undefined
    ? nothing
    : html`<p class="notice" id="problem" role="alert" tabindex="-1" autofocus>${text}</p>
      `;

type Step = {
  step: StepName;
  title: string;
  isAgain: boolean;
  intro?: Html | string;
  problem?: string | undefined;
};

/** The page of a step. Without a problem, its heading gets the focus. */
export const stepPage = ({ step, title, isAgain, intro, problem }: Step, content: Html): Promise<string> =>
  frame(
    {
      title: `${problem === undefined ? '' : 'Problem: '}${title} – Set up Paperboy`,
      description: 'Set up Paperboy: what to read, how to score it, and where to post it.',
      links: absoluteLinks,
      channel: undefined,
      script: 'setup.js',
    },
    html`<div class="setup">
      ${stepList(step, isAgain)}
      <h1 tabindex="-1"${problem === undefined ? html` autofocus` : nothing}>${title}</h1>
      ${intro === undefined ? nothing : html`<p class="intro">${intro}</p>`}
      ${notice(problem)}${content}
    </div>`,
  );

/** A link that opens beside the form, so that nothing typed is lost. */
export const outside = (url: string, label: Html | string): Html =>
  html`<a href="${url}" target="_blank" rel="noopener noreferrer">${label}</a>`;

/** A field for a token. What was pasted is kept by the server and never sent back. */
export const secretField = (field: {
  name: string;
  label: string;
  hint?: string | undefined;
  /** Of what was pasted before. */
  state: 'none' | 'kept' | 'accepted';
  fault?: string | undefined;
}): Html => {
  const { name, label, hint, state, fault } = field;
  const about = [fault ? `${name}-fault` : [], hint ? `${name}-hint` : []].flat().join(' ');
  const described = about === '' ? nothing : html` aria-describedby="${about}"`;
  return html`<p class="field">
        <label for="${name}">${label}</label>
        ${hint ? html`<small id="${name}-hint">${hint}</small>` : nothing}
        <input type="password" id="${name}" name="${name}" autocomplete="off" spellcheck="false" maxlength="1000"${state === 'none' ? nothing : html` placeholder="${state === 'kept' ? 'Kept' : 'Accepted'}. Paste another one to replace it."`}${described}${fault ? html` aria-invalid="true"` : nothing} />
        ${fault ? html`<span class="fault" id="${name}-fault">${fault}</span>` : nothing}
      </p>`;
};

export type Option = { value: string; label: string };

export const options = (all: readonly Option[], chosen: string | undefined): Html =>
  html`${all.map(({ value, label }) => html`<option value="${value}"${value === chosen ? html` selected` : nothing}>${label}</option>`)}`;

export const continueButton = (label = 'Continue'): Html => html`<button class="primary">${label}</button>`;
