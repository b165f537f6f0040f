import { longDate } from '../src/core/clock.ts';
import { defineCommand } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Block, Inline } from '../src/core/message.ts';
import { authorsLine, countOf, linkedTitle } from '../src/core/paper-text.ts';
import type { VoteCount } from '../src/core/stores.ts';

const usual = 5;
const most = 50;

const votesText = (votes: VoteCount | undefined): string => {
  const up = votes?.up ? `  👍 ${votes.up}` : '';
  const down = votes?.down ? `  👎 ${votes.down}` : '';
  return `${up}${down}`;
};

export const top = defineCommand({
  name: 'top',
  summary: 'the best papers of a day',
  examples: ['top', 'top 10', 'top 5 2025-07-08'],
  options: {
    n: { type: 'integer', description: `how many papers, ${usual} if you do not say`, minimum: 1, maximum: most },
    date: { type: 'date', description: 'the announcement date; the newest if you do not say' },
  },

  async run({ channel, stores }, { n = usual, date }) {
    const digest = await (date ? stores.digests.find(channel.name, date) : stores.digests.newest(channel.name));
    if (!digest) {
      const [newest] = await stores.digests.dates(channel.name);
      throw new UserError(
        newest
          ? `There is no digest of ${date}; the newest is of ${newest}: type \`top ${n} ${newest}\`.`
          : 'There is no digest yet; the first one comes with the next run.',
      );
    }
    const shown = digest.entries.slice(0, n);
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
    const all = digest.entries.length;
    const rest = all - shown.length;
    const passed =
      all === 0
        ? `None of ${countOf(digest.counts.scanned, 'paper')} passed that day.`
        : rest === 0
          ? `That is all of ${countOf(all, 'paper')}. Scores are relevance + novelty.`
          : shown.length === most
            ? `The other ${rest} of ${countOf(all, 'paper')} are in the thread.`
            : `${countOf(all, 'paper')} in all; \`top ${Math.min(most, all)}\` shows ${all > most ? 'more' : 'them'}.`;
    const list: Block[] = items.length > 0 ? [{ type: 'list', ordered: true, items }] : [];
    return {
      summary: `The top ${shown.length} of ${day}`,
      blocks: [
        { type: 'heading', text: `Top ${shown.length} of ${day} · ${channel.name}` },
        ...list,
        { type: 'note', content: [passed] },
      ],
    };
  },
});
