import { defineCommand } from '../src/core/command.ts';
import { longDate } from '../src/core/dates.ts';
import type { Digest } from '../src/core/digest.ts';
import { UserError } from '../src/core/errors.ts';
import { button, buttonRow, heading, message, note, numberedList } from '../src/core/message.ts';
import { countOf, type Paper } from '../src/core/paper.ts';
import { isBuiltIn, passes, type Score, scoreText } from '../src/core/score.ts';
import { bestFirst } from '../src/digest/best-order.ts';
import { fromOption, paperLine } from './shared/paper-lines.ts';
import { heldBack } from './shared/screening.ts';

const perPage = 20;

const isPicked = (score: Score, { cutoffs, matchLimits }: Digest): boolean =>
  isBuiltIn(score) ? matchLimits !== undefined && score.match >= matchLimits.floor : passes(score, cutoffs);

export const picked = defineCommand({
  name: 'picked',
  summary: 'Show the papers that were picked but not posted',
  examples: ['picked 2025-07-08'],
  isHidden: true,
  options: {
    day: { type: 'date', description: 'the day of the digest; the newest by default' },
    from: fromOption,
  },

  async run(context, { day, from = 1 }) {
    const { stores } = context;
    const channel = await context.channel();
    const digest = await (day === undefined
      ? stores.digests.newest(channel.name)
      : stores.digests.find(channel.name, day));
    if (!digest)
      throw new UserError(`${channel.name} has no digest ${day === undefined ? 'yet' : `of ${longDate(day)}`}.`);
    const { date, entries, rubric } = digest;
    const announced = await stores.announcements.read(date, channel.categories);
    const papers = new Map<string, Paper>(announced.map(({ paper }) => [paper.id, paper]));
    const posted = new Set(entries.map(({ paper }) => paper.id));
    const scores = await stores.scores.currentOf(rubric, [...papers.keys()]);
    const isHeldBack = ({ id }: Paper): boolean =>
      heldBack(
        papers.get(id) as Paper,
        channel,
        announced
          .filter(({ paper }) => paper.id === id)
          .map(({ paper, category, type }) => ({ date, category, type, version: paper.version })),
      ) !== undefined;
    const rest = [...papers.values()]
      .flatMap((paper) => {
        const score = scores.get(paper.id);
        return score && !posted.has(paper.id) && isPicked(score, digest) && !isHeldBack(paper)
          ? [{ paper, score }]
          : [];
      })
      .sort((a, b) => bestFirst(a.score, b.score));
    const shown = rest.slice(from - 1, from - 1 + perPage);
    const next = from + shown.length;
    const title = `Picked on ${longDate(date)}, but not posted`;
    const parts = [
      heading(title),
      numberedList(
        shown.map(({ paper, score }) => paperLine(paper, scoreText(score))),
        from,
      ),
      note(
        rest.length === 0
          ? 'All picked papers were posted.'
          : `${countOf(rest.length, 'paper')}, best first. ${entries.length === 1 ? 'The best one was' : `The best ${entries.length} were`} posted.`,
      ),
      buttonRow(next <= rest.length && button('More', ['picked', date, `from ${next}`])),
    ];
    return message(title, parts, { papers: { first: from, ids: shown.map(({ paper }) => paper.id) } });
  },
});
