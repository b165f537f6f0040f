import type { Channel } from '../src/core/channel.ts';
import { longDate } from '../src/core/clock.ts';
import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { type Block, type Inline, type Message, textMessage } from '../src/core/message.ts';
import { type IsoDate, isSamplePaper, type Paper } from '../src/core/paper.ts';
import { countOf, linkedTitle } from '../src/core/paper-text.ts';
import { passes } from '../src/core/score.ts';
import type { Rescored, Rescoring } from '../src/core/services.ts';
import type { Stores } from '../src/core/stores.ts';
import { byPoints } from '../src/digest/best-order.ts';
import { describeCost } from '../src/digest/text.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { cutoffsText } from './shared/cutoffs.ts';
import { readDigestRange } from './shared/digest-range.ts';
import { scoreText } from './shared/paper-lines.ts';
import { announcedHere, heldBack } from './shared/screening.ts';

type Read = Pick<Stores, 'announcements' | 'digests'>;

const titles = (papers: readonly Rescored[]): string => papers.map(({ paper }) => paper.title).join('; ');

/** The day whose digest would have a paper, had it had its score then; undefined where a digest has it, or none could. */
const dayWithout = async (paper: Paper, channel: Channel, stores: Read): Promise<IsoDate | undefined> => {
  if ((await stores.digests.withPaper(channel.name, paper.id)).length > 0) return undefined;
  const announced = await stores.announcements.datesOf(paper.id);
  const [newest] = heldBack(paper, channel, announced) ? [] : announcedHere(channel, announced);
  const digest = newest && (await stores.digests.find(channel.name, newest.date));
  return digest?.date;
};

/** What it means for the digests that papers are over the cutoffs now; empty where these have them. */
const digestsText = async (over: readonly Rescored[], channel: Channel, stores: Read): Promise<string[]> => {
  const found = await Promise.all(over.map(({ paper }) => dayWithout(paper, channel, stores)));
  const [day, ...others] = [...new Set(found.filter((one) => one !== undefined))].sort().reverse();
  if (day === undefined) return [];
  const what =
    others.length > 0 ? 'Their digests stay as they were made' : `The digest of ${longDate(day)} stays as it was made`;
  const which = others.length > 0 ? `one, such as that of ${longDate(day)},` : 'it';
  return [`${what}. To have ${which} made anew, managers type /arxiv retract ${day}, then /arxiv digest ${day}.`];
};

/** What crossed the cutoffs, in sentences; a first score that reaches both has crossed them too. */
const crossedText = async (papers: readonly Rescored[], channel: Channel, stores: Read): Promise<string> => {
  const { cutoffs } = channel;
  const passed = ({ before }: Rescored): boolean => before !== undefined && passes(before, cutoffs);
  const passesNow = ({ after }: Rescored): boolean => after !== undefined && passes(after, cutoffs);
  const over = papers.filter((one) => passesNow(one) && !passed(one));
  const under = papers.filter((one) => one.after && passed(one) && !passesNow(one));
  const text = [
    ...(over.length > 0
      ? [`Now over the cutoffs: ${titles(over)}.`, ...(await digestsText(over, channel, stores))]
      : []),
    ...(under.length > 0 ? [`Now under them: ${titles(under)}.`] : []),
  ].join(' ');
  return text || `None crossed the cutoffs (${cutoffsText(cutoffs)}).`;
};

/** More papers than this are asked about after a question. */
const withoutQuestion = 20;

/** A progress message tells of so many steps at most; platforms refuse more edits of a message. */
const progressSteps = 10;

/** So many of the papers that keep their scores are named. */
const maxUnchanged = 8;

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

type Asked = { papers: readonly Paper[]; words: string; typed: string };

const sampleRefusal = (): UserError =>
  new UserError('The papers of the sample are invented. Name papers by their arXiv ids.');

const named = async (ids: readonly string[], { services, signal }: CommandContext): Promise<Asked> => {
  if (ids.some((id) => isSamplePaper({ id }))) throw sampleRefusal();
  const papers: Paper[] = [];
  for (const id of ids) papers.push(await services.papers.find(id, signal));
  return { papers, words: countOf(papers.length, 'paper'), typed: ids.join(' ') };
};

const ofDay = async (channel: Channel, date: IsoDate | undefined, { stores }: CommandContext): Promise<Asked> => {
  const period = date === undefined ? undefined : { from: date, to: date, words: longDate(date) };
  const { day } = await readDigestRange(stores, channel, period, 'rescore');
  const shown = day?.entries.length ? day.entries : (day?.nearest ?? []);
  if (shown.some(({ paper }) => isSamplePaper(paper))) throw sampleRefusal();
  if (!day || shown.length === 0)
    throw new UserError(
      `Nothing was posted on ${day?.date ?? 'these days'}; name a paper, such as /arxiv rescore 2503.07639.`,
    );
  return { papers: shown.map(({ paper }) => paper), words: longDate(day.date), typed: day.date };
};

const question = ({ papers, words, typed }: Omit<Asked, 'papers'> & { papers: readonly unknown[] }): Message => {
  const text = `That is ${countOf(papers.length, 'paper')} (${words}): each costs money and counts for what you may ask about in a day.`;
  const buttons = button(`Ask about ${papers.length} papers again`, ['rescore', typed, 'confirmed'], 'primary');
  const typing = 'To go on, type the same again with the word confirmed at the end.';
  return {
    summary: `Shall I ask about ${countOf(papers.length, 'paper')} again?`,
    blocks: [paragraph(text), ...(buttons.length > 0 ? buttonsBlock(buttons) : [paragraph(typing)])],
  };
};

const lineOf = ({ paper, before, after }: Rescored): Inline[] => {
  const [old, now] = [before ? scoreText(before) : 'no score', after ? scoreText(after) : 'no answer'];
  return [{ text: `${old} → ${now}`, bold: true }, '  ', linkedTitle(paper), ` (${paper.id})`];
};

const isUnchanged = ({ before, after }: Rescored): boolean =>
  before !== undefined &&
  after !== undefined &&
  before.relevance === after.relevance &&
  before.novelty === after.novelty;

/** The papers whose scores are as before, in one line. */
const unchangedBlocks = (papers: readonly Rescored[]): Block[] => {
  if (papers.length === 0) return [];
  const ids = papers.slice(0, maxUnchanged).map(({ paper }) => paper.id);
  const more = papers.length > ids.length ? ` and ${papers.length - ids.length} more` : '';
  const keep = papers.length === 1 ? 'keeps its scores' : 'keep their scores';
  return [paragraph(`${countOf(papers.length, 'paper')} ${keep}: ${ids.join(', ')}${more}.`)];
};

/** "Asked about 3 papers, 2 of them again". */
const headingOf = (answered: readonly Rescored[]): string => {
  const again = answered.filter(({ before }) => before !== undefined).length;
  const asked = `Asked about ${countOf(answered.length, 'paper')}`;
  if (again === answered.length) return `${asked} again`;
  return again === 0 ? asked : `${asked}, ${again} of them again`;
};

const report = async (
  channel: Channel,
  { papers, usage, stop }: Rescoring,
  stores: CommandContext['stores'],
): Promise<Message> => {
  const answered = papers
    .filter(({ after }) => after !== undefined)
    .toSorted((a, b) => (a.after && b.after ? byPoints(a.after, b.after) : 0));
  const unchanged = answered.filter(isUnchanged);
  // One paper alone is told of with its scores, whatever they are.
  const folded = papers.length > 1 ? unchanged : [];
  const missing = papers.filter(({ after }) => after === undefined);
  const items = [...answered.filter((one) => !folded.includes(one)), ...missing].map(lineOf);
  const updated = papers.filter(({ isUpdated }) => isUpdated).length;
  const heading = headingOf(answered);
  const posted = updated > 0 ? ` ${countOf(updated, 'posted message')} updated.` : '';
  const cost = describeCost({ usage });
  const [only] = papers;
  return {
    summary: heading,
    blocks: [
      { type: 'heading', text: `${heading} · ${channel.name}` },
      ...(stop ? [paragraph(`It ended early: ${stop}`)] : []),
      ...(items.length > 0 ? [{ type: 'list' as const, ordered: false, items }] : []),
      ...unchangedBlocks(folded),
      ...(answered.length > 0 ? [paragraph(await crossedText(answered, channel, stores))] : []),
      ...(missing.length > 0 && !stop
        ? [paragraph(`${countOf(missing.length, 'paper')} got no answer; try again in a minute.`)]
        : []),
      { type: 'note', content: [`Relevance + novelty.${posted}${cost ? ` ${cost}` : ''}`] },
      ...buttonsBlock(
        papers.length === 1 && only
          ? button('About this paper', ['show', only.paper.id])
          : button('Best papers now', ['top']),
      ),
    ],
  };
};

export const rescore = defineCommand({
  name: 'rescore',
  summary: 'asks the language model about papers again, under the topics as they are now',
  examples: ['rescore 2503.07639', 'rescore 2503.07639 2507.01234', 'rescore 2025-07-08', 'rescore'],
  options: {
    papers: { type: 'papers', description: 'the papers; those of the newest day if you do not say' },
    date: { type: 'date', description: 'a day, for the papers that were posted then' },
    confirmed: {
      type: 'word',
      isHidden: true,
      values: ['confirmed'],
      description: `go on without a question also for more than ${withoutQuestion} papers`,
    },
  },

  async run(context, { papers: ids, date, confirmed }) {
    const { services, stores, person, signal } = context;
    const channel = await context.channel();
    if (ids && date) throw new UserError('Name papers or a day, not both, such as /arxiv rescore 2503.07639.');
    if (!confirmed && ids && ids.length > withoutQuestion)
      return question({ papers: ids, words: 'as you named them', typed: ids.join(' ') });
    const asked = ids ? await named(ids, context) : await ofDay(channel, date, context);
    if (!confirmed && asked.papers.length > withoutQuestion) return question(asked);
    let shown = -1;
    const onProgress = (done: number, total: number): void => {
      const step = Math.floor((progressSteps * done) / Math.max(1, total));
      if (step === shown) return;
      shown = step;
      void context.progress(textMessage(`Asked about ${done} of ${countOf(total, 'paper')} …`));
    };
    return report(channel, await services.rescore(channel, asked.papers, person, onProgress, signal), stores);
  },
});
