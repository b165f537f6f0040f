import { defineCommand } from '../src/core/command.ts';
import type { Inline } from '../src/core/message.ts';
import { countOf, linkedTitle, shorten } from '../src/core/paper-text.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { dayText } from './shared/dates.ts';
import { knownScores, knownText, paperLine } from './shared/paper-lines.ts';
import { channelIfAny } from './shared/people.ts';

const usual = 8;
const most = 20;

const percent = (similarity: number): string => `${Math.round(100 * similarity)} % alike`;

export const similar = defineCommand({
  name: 'similar',
  summary: 'the papers that are most like one',
  examples: ['similar 2503.07639', 'similar https://arxiv.org/abs/2503.07639', 'similar 2503.07639 20'],
  options: {
    paper: { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' },
    n: { type: 'integer', minimum: 1, maximum: most, description: `how many, ${usual} if you do not say` },
  },

  async run(context, { paper: id, n = usual }) {
    const { stores, services, signal } = context;
    const paper = await services.papers.find(id, signal);
    const hits = await stores.search.similar(paper, n);
    const channel = await channelIfAny(context);
    const known = await knownScores(
      stores,
      channel,
      hits.map((hit) => hit.paper.id),
    );
    const items = hits.map((hit): Inline[] => {
      const date = hit.announced && dayText(hit.announced);
      return paperLine(
        hit.paper,
        [percent(hit.similarity), date, knownText(known, hit.paper.id)].filter(Boolean).join(' · '),
      );
    });
    const few =
      hits.length === 0
        ? 'I have seen no paper like it yet. The archive holds what was announced since I began and grows every day.'
        : `Only ${countOf(hits.length, 'paper')} that I have seen ${hits.length === 1 ? 'is' : 'are'} like it; the archive is still small and grows every day.`;
    return {
      summary: `Papers like ${paper.title}`,
      blocks: [
        { type: 'heading', text: shorten(`Papers like ${paper.title}`, 140) },
        {
          type: 'paragraph',
          content: ['Like ', linkedTitle(paper), ` (${paper.id}), by the words of title and abstract:`],
        },
        ...(items.length > 0 ? [{ type: 'list' as const, ordered: true, items }] : []),
        ...(hits.length < n ? [{ type: 'note' as const, content: [few] }] : []),
        ...buttonsBlock([
          ...(n < most && hits.length === n ? button('More', ['similar', paper.id, String(most)]) : []),
          ...button('About this paper', ['show', paper.id]),
          ...button('Save', ['save', paper.id]),
        ]),
      ],
    };
  },
});
