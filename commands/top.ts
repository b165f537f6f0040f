import { longDate } from '../src/core/clock.ts';
import { defineCommand } from '../src/core/command.ts';
import type { Digest } from '../src/core/digest.ts';
import { UserError } from '../src/core/errors.ts';
import type { Inline } from '../src/core/message.ts';
import { authorsLine, countOf, linkedTitle } from '../src/core/paper-text.ts';
import type { VoteCount } from '../src/core/stores.ts';

const usual = 5;
const most = 50;

const votesText = (votes: VoteCount | undefined): string => {
  const up = votes?.up ? `  👍 ${votes.up}` : '';
  const down = votes?.down ? `  👎 ${votes.down}` : '';
  return `${up}${down}`;
};

/** What the list leaves out, and how to see it. */
const whatElse = ({ entries, counts, nearest }: Digest, shown: number): string => {
  const all = entries.length;
  if (all === 0) {
    const none = `None of ${countOf(counts.scanned, 'paper')} passed that day`;
    return nearest.length > 0 ? `${none}; these came nearest.` : `${none}.`;
  }
  const more = counts.relevant - all;
  if (shown === all && more > 0) return `These are all that were posted; ${countOf(more, 'more paper')} passed.`;
  if (shown === all) return `That is all of ${countOf(all, 'paper')}. Scores are relevance + novelty.`;
  if (shown === most) return `The other ${all - shown} of ${countOf(all, 'paper')} are in the thread.`;
  return `${countOf(all, 'paper')} in all; /arxiv top ${Math.min(most, all)} shows ${all > most ? 'more' : 'them'}.`;
};

export const top = defineCommand({
  name: 'top',
  summary: 'the best papers of a day',
  examples: ['top', 'top 10', 'top 5 2025-07-08'],
  options: {
    n: { type: 'integer', description: `how many papers, ${usual} if you do not say`, minimum: 1, maximum: most },
    date: { type: 'date', description: 'the announcement date; the newest if you do not say' },
  },

  async run(context, { n = usual, date }) {
    const { stores } = context;
    const channel = await context.channel();
    const digest = await (date ? stores.digests.find(channel.name, date) : stores.digests.newest(channel.name));
    if (!digest) {
      const newest = (await stores.digests.summaries(channel.name))[0]?.date;
      throw new UserError(
        newest
          ? `There is no digest of ${date}; the newest is of ${newest}: type /arxiv top ${n} ${newest}.`
          : 'There is no digest yet; the first one comes with the next run.',
      );
    }
    const all = digest.entries.length;
    const shown = all > 0 ? digest.entries.slice(0, n) : digest.nearest;
    const votes = await stores.reactions.votes(
      channel.name,
      shown.map((entry) => entry.paper.id),
    );
    const items = shown.map(({ paper, score }): Inline[] => [
      linkedTitle(paper),
      `  ${score.relevance} + ${score.novelty}${votesText(votes.get(paper.id))}`,
      { text: `  ${authorsLine(paper.authors, 3)} · ${paper.id}`, italic: true },
    ]);
    const day = digest.sample ? 'the sample day (invented papers)' : longDate(digest.date);
    const heading = all > 0 ? `Top ${shown.length} of ${day}` : `Nothing passed on ${day}`;
    return {
      summary: heading,
      blocks: [
        { type: 'heading', text: `${heading} · ${channel.name}` },
        ...(items.length > 0 ? [{ type: 'list' as const, ordered: true, items }] : []),
        { type: 'note', content: [whatElse(digest, shown.length)] },
      ],
    };
  },
});
