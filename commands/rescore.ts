import type { Channel } from '../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { longDate } from '../src/core/dates.ts';
import { UserError } from '../src/core/errors.ts';
import {
  bulletList,
  button,
  buttonRow,
  heading,
  type Inline,
  type Message,
  message,
  note,
  paragraph,
  textMessage,
} from '../src/core/message.ts';
import { countOf, type IsoDate, isSamplePaper, linkedTitle, type Paper } from '../src/core/paper.ts';
import { cutoffsText, isByModel, isSameScore, passes, type Score, scoreText } from '../src/core/score.ts';
import type { Rescored, Rescoring } from '../src/core/services.ts';
import type { Stores } from '../src/core/stores.ts';
import { bestFirst } from '../src/digest/best-order.ts';
import { describeCost } from '../src/digest/text.ts';
import { readDigestRange } from './shared/digest-range.ts';
import { announcedHere, heldBack } from './shared/screening.ts';

type ReadStores = Pick<Stores, 'announcements' | 'digests'>;

const titles = (papers: readonly Rescored[]): string => papers.map(({ paper }) => paper.title).join('; ');

/**
 * Date of the digest that would contain a paper with its new score; undefined if a digest already contains the paper
 * or no digest could.
 */
const missedDate = async (paper: Paper, channel: Channel, stores: ReadStores): Promise<IsoDate | undefined> => {
  if ((await stores.digests.withPaper(channel.name, paper.id)).length > 0) return undefined;
  const announced = await stores.announcements.datesOf(paper.id);
  const [newest] = heldBack(paper, channel, announced) ? [] : announcedHere(channel, announced);
  const digest = newest && (await stores.digests.find(channel.name, newest.date));
  return digest?.date;
};

const remakeText = async (over: readonly Rescored[], channel: Channel, stores: ReadStores): Promise<string> => {
  const found = await Promise.all(over.map(({ paper }) => missedDate(paper, channel, stores)));
  const [day, ...others] = [...new Set(found.filter((one) => one !== undefined))].sort().reverse();
  if (day === undefined) return '';
  const [unchanged, which] =
    others.length > 0
      ? ['Their digests stay unchanged', `the digest of ${longDate(day)}`]
      : [`The digest of ${longDate(day)} stays unchanged`, 'it'];
  return `${unchanged}. A manager can remake ${which} with /arxiv retract ${day}, then /arxiv digest ${day}.`;
};

const crossedText = async (papers: readonly Rescored[], channel: Channel, stores: ReadStores): Promise<string> => {
  const { cutoffs } = channel;
  /** Undefined without points, which a score by the built-in scorer lacks. Any points are then news. */
  const passed = (score: Score | undefined): boolean | undefined =>
    score && isByModel(score) ? passes(score, cutoffs) : undefined;
  const over = papers.filter(({ before, after }) => passed(after) && !passed(before));
  const under = papers.filter(
    ({ before, after }) => passed(after) === false && (before && !isByModel(before) ? true : passed(before)),
  );
  const sentences = [
    over.length > 0 && `Now at or above the cutoffs: ${titles(over)}.`,
    await remakeText(over, channel, stores),
    under.length > 0 && `Now below the cutoffs: ${titles(under)}.`,
  ];
  return sentences.filter(Boolean).join(' ') || `No paper crossed the cutoffs (${cutoffsText(cutoffs)}).`;
};

const maxWithoutQuestion = 20;

/** Limits edits to one message, because platforms restrict how often a message may be edited. */
const maxProgressSteps = 10;

const maxNamedUnchanged = 8;

/** `of` is the date as shown to people, if given; `input` is what follows `rescore` in the command. */
type Request = { papers: readonly Paper[]; of?: string; input: string };

const sampleRefusal = (): UserError =>
  new UserError('The sample papers are invented. Name real papers by their arXiv ids.');

const named = async (ids: readonly string[], { services, person, signal }: CommandContext): Promise<Request> => {
  if (ids.some((id) => isSamplePaper({ id }))) throw sampleRefusal();
  const papers: Paper[] = [];
  for (const id of ids) papers.push(await services.papers.find(id, signal, person));
  return { papers, input: ids.join(' ') };
};

const ofDay = async (channel: Channel, date: IsoDate | undefined, { stores }: CommandContext): Promise<Request> => {
  const range = date === undefined ? undefined : { from: date, to: date, words: longDate(date) };
  const { day } = await readDigestRange(stores, channel, range, 'rescore');
  const shown = day?.entries.length ? day.entries : (day?.nearest ?? []);
  if (shown.some(({ paper }) => isSamplePaper(paper))) throw sampleRefusal();
  if (!day || shown.length === 0)
    throw new UserError(
      `Nothing was posted on ${day?.date ?? 'these days'}. Name a paper, such as /arxiv rescore 2503.07639.`,
    );
  return { papers: shown.map(({ paper }) => paper), of: longDate(day.date), input: day.date };
};

const question = (papers: readonly unknown[], { of, input }: Omit<Request, 'papers'>): Message => {
  const count = countOf(papers.length, 'paper');
  const confirm = button('Rescore', ['rescore', input, 'confirmed'], 'primary');
  return message(`Rescore ${count}?`, [
    paragraph(`Rescoring ${count}${of ? ` of ${of}` : ''} costs money and counts toward your limit for today.`),
    confirm
      ? buttonRow(confirm)
      : paragraph('To continue, type the same command again with the word confirmed at the end.'),
  ]);
};

const lineOf = ({ paper, before, after }: Rescored): Inline[] => {
  const [old, now] = [before ? scoreText(before) : 'no score', after ? scoreText(after) : 'no answer'];
  return [{ text: `${old} → ${now}`, bold: true }, '  ', linkedTitle(paper), ` (${paper.id})`];
};

const isUnchanged = ({ before, after }: Rescored): boolean => isSameScore(before, after);

const unchangedText = (papers: readonly Rescored[]): string => {
  if (papers.length === 0) return '';
  const ids = papers.slice(0, maxNamedUnchanged).map(({ paper }) => paper.id);
  const more = papers.length > ids.length ? ` and ${papers.length - ids.length} more` : '';
  const keep = papers.length === 1 ? 'keeps its score' : 'keep their scores';
  return `${countOf(papers.length, 'paper')} ${keep}: ${ids.join(', ')}${more}.`;
};

const titleOf = (answered: readonly Rescored[]): string => {
  const again = answered.filter(({ before }) => before !== undefined).length;
  const count = countOf(answered.length, 'paper');
  if (again === answered.length) return `Rescored ${count}`;
  return again === 0 ? `Scored ${count}` : `Scored ${count}, ${again} of them again`;
};

const report = async (
  channel: Channel,
  { papers, usage, stop }: Rescoring,
  stores: CommandContext['stores'],
): Promise<Message> => {
  const answered = papers
    .filter(({ after }) => after !== undefined)
    .toSorted((a, b) => (a.after && b.after ? bestFirst(a.after, b.after) : 0));
  // A single paper is listed with its scores even if they are unchanged.
  const folded = papers.length > 1 ? answered.filter(isUnchanged) : [];
  const missing = papers.filter(({ after }) => after === undefined);
  const updated = papers.filter(({ isUpdated }) => isUpdated).length;
  const title = titleOf(answered);
  const cost = describeCost({ usage });
  const [only] = papers;
  return message(title, [
    heading(`${title} · ${channel.name}`),
    paragraph(stop && `Stopped early: ${stop}`),
    bulletList([...answered.filter((one) => !folded.includes(one)), ...missing].map(lineOf)),
    paragraph(unchangedText(folded)),
    paragraph(answered.length > 0 && (await crossedText(answered, channel, stores))),
    paragraph(
      missing.length > 0 &&
        !stop &&
        `The model gave no score for ${countOf(missing.length, 'paper')}. Try again in a minute.`,
    ),
    note(
      ['Relevance + novelty.', updated > 0 && `${countOf(updated, 'posted message')} updated.`, cost]
        .filter(Boolean)
        .join(' '),
    ),
    buttonRow(
      papers.length === 1 && only ? button('Show paper', ['show', only.paper.id]) : button('Top papers', ['top']),
    ),
  ]);
};

export const rescore = defineCommand({
  name: 'rescore',
  summary: 'Rescore papers with the language model and the current topics',
  examples: ['rescore 2503.07639', 'rescore 2503.07639 2507.01234', 'rescore 2025-07-08', 'rescore'],
  options: {
    papers: { type: 'papers', description: 'papers to rescore (default: those of the newest digest)' },
    date: { type: 'date', description: 'date of the digest whose papers to rescore' },
    confirmed: {
      type: 'word',
      isHidden: true,
      values: ['confirmed'],
      description: `rescore more than ${maxWithoutQuestion} papers without asking`,
    },
  },

  async run(context, { papers: ids, date, confirmed }) {
    const { services, stores, person, address, signal } = context;
    const channel = await context.channel();
    if (ids && date) throw new UserError('Name papers or a date, not both. For example: /arxiv rescore 2503.07639.');
    // Ask before fetching the papers.
    if (!confirmed && ids && ids.length > maxWithoutQuestion) return question(ids, { input: ids.join(' ') });
    const request = ids ? await named(ids, context) : await ofDay(channel, date, context);
    if (!confirmed && request.papers.length > maxWithoutQuestion) return question(request.papers, request);
    let shown = -1;
    const onProgress = (done: number, total: number): void => {
      const step = Math.floor((maxProgressSteps * done) / Math.max(1, total));
      if (step === shown) return;
      shown = step;
      void context.progress(textMessage(`Scored ${done} of ${countOf(total, 'paper')} …`));
    };
    return report(
      channel,
      await services.rescore(channel, request.papers, { person, address }, onProgress, signal),
      stores,
    );
  },
});
