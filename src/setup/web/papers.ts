import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import { stream } from 'hono/streaming';
import { z } from 'zod';
import { understoodParts } from '../../../commands/shared/understood.ts';
import { longDate } from '../../core/dates.ts';
import type { DigestEntry } from '../../core/digest.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import { withoutControls } from '../../core/folding.ts';
import { message } from '../../core/message.ts';
import { abstractUrl, authorsLine, isSamplePaper, shorten, wordList } from '../../core/paper.ts';
import { isBuiltIn, matchText, scoreText } from '../../core/score.ts';
import type { UnderstoodTopics } from '../../core/services.ts';
import { describeCounts } from '../../digest/text.ts';
import { type Html, lines, nothing } from '../../pages/html.ts';
import { typeset } from '../../pages/math/typeset.ts';
import { messageHtml } from '../../pages/message.ts';
import { categoriesFault, nameOfCategory } from '../categories.ts';
import { allCategoriesUrl, categoryOrigins, previewNote, wantedOf } from '../draft.ts';
import { isEmpty } from '../interests.ts';
import type { PreviewedDay } from '../preview.ts';
import { afterStep, outside, stepPage, stepPath } from './layout.ts';
import { hasSuggested, nameChannel, readCategories, readText, type SetupSession } from './session.ts';

const maxWords = 20_000;

const fieldsSchema = z.object({
  words: z.string().max(maxWords),
  categories: z.string().max(1_000),
  /** The suggestion that the page put into the field of categories. */
  suggested: z.string().max(1_000).default(''),
  papers: z.coerce.number().int().min(1).max(1_000),
  action: z.enum(['continue', 'preview']).catch('preview'),
});

/** Ends each part of the stream; HTML never contains it. */
const partEnd = '\0';

const maxTitle = 90;
const maxNames = 4;

const noWords =
  'Write what you want to read, such as "quantization and pruning, not surveys". Your words are used as they are.';
const noPapers = 'None of these papers could be read. Write a few words instead, or paste other links.';

/** What was read of the text, with the papers that could not be found. */
const likedHtml = ({ interests: { liked, faults } }: SetupSession): Html =>
  html`<div id="liked">
        ${liked.length === 0 ? nothing : html`<p class="small">Papers you like:</p><ul class="small">${lines(liked.map(({ id, title }) => html`<li>${id}: ${typeset(shorten(title, maxTitle))}</li>`))}</ul>`}
        ${faults.length === 0 ? nothing : html`<p class="fault">${faults.join(' ')}</p>`}
      </div>`;

/** Where the categories come from and what they are called, or what is wrong with them. */
const originHtml = (session: SetupSession): Html => {
  const { draft, suggested, categoriesFault: fault } = session;
  const { categories } = draft;
  const all = outside(allCategoriesUrl, 'all categories');
  // Empties the field if it has an older suggestion.
  const none = html` data-categories=""`;
  if (fault !== undefined)
    return html`<p class="fault" id="origin"${categories.length === 0 ? none : nothing}>${
      categories.length === 0
        ? html`No category fits these words. Choose from ${all}.`
        : html`${fault} See ${all}, or empty the field for suggestions.`
    }</p>`;
  if (categories.length === 0)
    return html`<p class="small" id="origin"${none}>Suggested from your words if you leave it empty.</p>`;
  const basis = suggested && hasSuggested(session) ? categoryOrigins[suggested.basis] : undefined;
  const names = categories
    .filter((one) => nameOfCategory(one) !== one)
    .map((one) => `${one}: ${nameOfCategory(one)}`)
    .join(' · ');
  return html`<p class="small" id="origin"${basis === undefined ? nothing : html` data-categories="${categories.join(', ')}"`}>${names}${basis === undefined ? nothing : ` (${basis})`}</p>`;
};

const understoodHtml = (understood: UnderstoodTopics | undefined): Html =>
  html`<div id="understood" class="understood">${understood && understood.wanted.length + understood.unwanted.length > 0 ? messageHtml(message('Understood', understoodParts(understood))) : nothing}</div>`;

const paperItem = ({ paper, score }: DigestEntry, index: number): Html => {
  const title = isSamplePaper(paper)
    ? html`${typeset(paper.title)} (invented)`
    : outside(abstractUrl(paper), typeset(paper.title));
  return html`<li value="${index + 1}"><div>${title}
            <span class="by">${scoreText(score)} · ${authorsLine(paper.authors, maxNames)}</span></div></li>`;
};

/** What the first number beside the papers means. */
const matchNote = ([first]: readonly DigestEntry[]): Html => {
  if (first === undefined || !isBuiltIn(first.score)) return nothing;
  const match = matchText(first.score.match);
  return html`<p class="small">Match ${match}: closer to your topics than ${match} of recent papers.</p>`;
};

/** @param coming Says what the list still lacks. */
const papersHtml = (day: PreviewedDay | undefined, coming?: string): Html => {
  if (!day) return html`<div id="papers"><p class="small">The newest papers for your words appear here.</p></div>`;
  const { draft, sampleReason } = day;
  const reason =
    sampleReason === undefined
      ? nothing
      : html`<p class="notice">These papers are invented, because the newest ones could not be read: ${sampleReason} You can go on anyway.</p>`;
  if (!draft)
    return html`<div id="papers">${reason}<p>${coming ?? 'No paper was announced in these categories.'}</p></div>`;
  const { entries, nearest } = draft;
  const shown = entries.length > 0 ? entries : nearest;
  return html`<div id="papers">
        ${reason}
        ${coming === undefined ? nothing : html`<p><strong>${coming}</strong></p>`}
        ${entries.length === 0 && shown.length > 0 ? html`<p>These came closest:</p>` : nothing}
        <ol class="list">${lines(shown.map(paperItem))}</ol>
        ${matchNote(shown)}
      </div>`;
};

/** Undefined while there are no words, or categories that do not exist. */
const understand = async ({
  setup,
  draft,
  categoriesFault: fault,
}: SetupSession): Promise<UnderstoodTopics | undefined> =>
  draft.topics === '' || fault !== undefined ? undefined : setup.previewer.understand(wantedOf(setup, draft));

const statusHtml = (text: string): Html => html`<p class="small" id="preview-status">${text}</p>`;

const statusOf = ({ draft, sampleReason }: PreviewedDay): string =>
  draft
    ? `${sampleReason === undefined ? longDate(draft.date) : 'A sample day'}: ${describeCounts(draft)}`
    : 'No paper was announced.';

export const papersPage = async (session: SetupSession, problem?: string): Promise<string> => {
  const { draft, isAgain, text } = session;
  const understood = draft.day && (await understand(session));
  const note = previewNote(session.setup, draft);
  return stepPage(
    {
      ...{ step: 'papers', title: 'What do you want to read?', isAgain, problem },
      intro: 'Use your own words, and say what you do not want. Or paste arXiv links of papers you like.',
    },
    html`<div class="beside">
      <form class="fill card" id="reading" method="post" action="${stepPath('papers')}" data-preview="${stepPath('preview')}">
        <p class="field">
          <label for="words">Your words, or links</label>
          <textarea id="words" name="words" rows="7" maxlength="${maxWords}" placeholder="quantization and pruning of language models, not surveys" aria-describedby="liked">${raw('\n')}${text}</textarea>
        </p>
        ${likedHtml(session)}
        <p class="field">
          <label for="categories">arXiv categories</label>
          <input type="text" id="categories" name="categories" value="${session.categories}" maxlength="1000" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="cs.LG, cs.CL" aria-describedby="origin"${session.categoriesFault === undefined ? nothing : html` aria-invalid="true"`} />
          <input type="hidden" id="suggested" name="suggested" value="${hasSuggested(session) ? session.categories : ''}" autocomplete="off" />
        </p>
        ${originHtml(session)}
        <p class="field">
          <label for="papers-per-day">Papers a day, at most <output for="papers-per-day">${draft.papersPerDay}</output></label>
          <input type="range" id="papers-per-day" name="papers" min="1" max="${draft.maxPapers}" value="${draft.papersPerDay}" />
        </p>
        <p class="go">
          <button class="primary" name="action" value="continue">Continue</button>
          <button name="action" value="preview" class="without-scripts">Preview</button>
        </p>
      </form>
      <section class="preview card" id="preview" aria-labelledby="preview-title">
        <h2 id="preview-title">Preview</h2>
        <div role="status">${statusHtml(draft.day ? statusOf(draft.day) : '')}</div>
        ${understoodHtml(understood)}
        ${papersHtml(draft.day)}
        ${note === undefined ? nothing : html`<p class="small">${note}</p>`}
      </section>
    </div>`,
  );
};

/** The fault itself is shown at the field. */
const checkCategories = (session: SetupSession): string | undefined => {
  const fault = categoriesFault(session.draft.categories);
  session.categoriesFault = fault;
  return fault && (session.draft.categories.length === 0 ? 'Choose a category.' : 'Correct the categories.');
};

type Show = (...parts: Html[]) => Promise<void>;

/**
 * Reads the form and shows what it gives, one part after the other: first the words, then the categories, and at last the
 * papers, which may have to be fetched.
 */
const readForm = async (
  session: SetupSession,
  { words, papers, ...fields }: z.infer<typeof fieldsSchema>,
  show: Show,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const { setup, draft } = session;
  draft.papersPerDay = Math.min(papers, draft.maxPapers);
  draft.day = undefined;
  await show(statusHtml('Reading your words …'));
  await readText(session, words);
  signal.throwIfAborted();
  if (isEmpty(session.interests)) {
    await readCategories(session, fields, signal);
    await show(
      ...[statusHtml(''), likedHtml(session), originHtml(session)],
      ...[understoodHtml(undefined), papersHtml(undefined)],
    );
    return session.interests.faults.length > 0 ? noPapers : noWords;
  }
  const early = await setup.previewer.understand({ ...wantedOf(setup, draft), categories: [] });
  await show(statusHtml('Choosing categories …'), likedHtml(session), understoodHtml(early));
  await readCategories(session, fields, signal);
  const fault = checkCategories(session);
  if (fault !== undefined) {
    await show(statusHtml(fault), originHtml(session));
    return fault;
  }
  const known = await setup.previewer.stored(draft.categories);
  const missing = draft.categories.filter((one) => !known.includes(one));
  const waiting =
    missing.length === 0
      ? 'Ranking the newest papers …'
      : `Reading the newest papers in ${wordList(missing)} … arXiv takes about 15 seconds per category the first time.`;
  await show(statusHtml(waiting), originHtml(session));
  if (missing.length > 0) {
    // A list from other categories would look final.
    await show(papersHtml(undefined));
    const wanted = { ...wantedOf(setup, draft), categories: known };
    const coming = `So far only from ${wordList(known)}; ${wordList(missing)} ${missing.length === 1 ? 'follows' : 'follow'}.`;
    if (known.length > 0) await show(papersHtml(await setup.previewer.preview(wanted, signal), coming));
  }
  const day = await setup.previewer.preview(wantedOf(setup, draft), signal);
  draft.day = day;
  const understood = await understand(session);
  await show(statusHtml(statusOf(day)), understoodHtml(understood), papersHtml(day));
  return undefined;
};

const fieldsOf = async (context: Context) => fieldsSchema.safeParse(await context.req.parseBody().catch(() => ({})));

/** Newer words end the preview of older ones. */
const nextSignal = (session: SetupSession, request: Request): AbortSignal => {
  session.previewing.abort(new UserError('The words have changed.'));
  session.previewing = new AbortController();
  return AbortSignal.any([session.previewing.signal, request.signal]);
};

/** The preview of a form that is not sent yet, in parts that replace those of the page. */
export const streamPreview = async (context: Context, session: SetupSession): Promise<Response> => {
  const fields = await fieldsOf(context);
  if (!fields.success) return context.text(`Write at most ${maxWords} characters.`, 400);
  const signal = nextSignal(session, context.req.raw);
  context.header('content-type', 'text/html; charset=utf-8');
  context.header('x-accel-buffering', 'no');
  return stream(context, async (page) => {
    const show: Show = async (...parts) => {
      const text = (await Promise.all(parts)).map(String).join('');
      // Titles of papers may contain any character.
      if (!signal.aborted) await page.write(`${withoutControls(text)}${partEnd}`);
    };
    try {
      await readForm(session, fields.data, show, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof UserError || error instanceof ExternalError)) throw error;
      await show(statusHtml(`${error.message} What you typed is kept.`));
    }
  });
};

/** Continues, or shows the preview without scripts. @param taken Names of other channels. */
export const postPapers = async (
  context: Context,
  session: SetupSession,
  taken: () => Promise<string[]>,
): Promise<Response> => {
  const fields = await fieldsOf(context);
  if (!fields.success) return context.html(await papersPage(session, `Write at most ${maxWords} characters.`), 400);
  const { setup, draft } = session;
  if (fields.data.action === 'preview') {
    const problem = await readForm(session, fields.data, async () => {}, context.req.raw.signal);
    return context.html(await papersPage(session, problem), problem === undefined ? 200 : 400);
  }
  const { day } = draft;
  draft.papersPerDay = Math.min(fields.data.papers, draft.maxPapers);
  await readText(session, fields.data.words);
  await readCategories(session, fields.data, context.req.raw.signal);
  const problem = isEmpty(session.interests)
    ? session.interests.faults.length > 0
      ? noPapers
      : noWords
    : checkCategories(session);
  if (problem !== undefined) return context.html(await papersPage(session, problem), 400);
  // A preview of these words may still be on its way.
  if (day?.channel.rubric.topics !== draft.topics) draft.day = undefined;
  setup.previewer.prefetch(draft.categories, session.previewing.signal);
  nameChannel(session, await taken());
  return context.redirect(afterStep('papers', session), 303);
};
