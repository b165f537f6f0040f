import { defineCommand } from '../src/core/command.ts';
import { dayText } from '../src/core/dates.ts';
import { button, buttonRow, heading, message, note, numberedList, paragraph } from '../src/core/message.ts';
import { countOf, linkedTitle, shorten } from '../src/core/paper.ts';
import { knownScores, knownText, paperLine } from './shared/paper-lines.ts';
import { channelIfAny } from './shared/people.ts';

const defaultCount = 8;
const maxCount = 20;

const percent = (similarity: number): string => `${Math.round(100 * similarity)}% similar`;

export const similar = defineCommand({
  name: 'similar',
  summary: 'Find papers similar to a given paper',
  examples: ['similar 2503.07639', 'similar https://arxiv.org/abs/2503.07639', 'similar 2503.07639 20'],
  aliases: ['like', 'more like', 'related', 'related to', 'similar to', 'papers like'],
  options: {
    paper: { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' },
    n: { type: 'integer', minimum: 1, maximum: maxCount, description: `how many papers, ${defaultCount} by default` },
  },

  async run(context, { paper: id, n = defaultCount }) {
    const { stores, services, person, signal } = context;
    const paper = await services.papers.find(id, signal, person);
    const hits = await stores.search.similar(paper, n);
    const channel = await channelIfAny(context);
    const known = await knownScores(
      stores,
      channel,
      hits.map((hit) => hit.paper.id),
    );
    const items = hits.map((hit) => {
      const date = hit.announced && dayText(hit.announced);
      return paperLine(
        hit.paper,
        [percent(hit.similarity), date, knownText(known, hit.paper.id)].filter(Boolean).join(' · '),
      );
    });
    const found = hits.length === 0 ? 'No similar papers yet' : `Only ${countOf(hits.length, 'similar paper')} so far`;
    const parts = [
      heading(shorten(`Papers similar to ${paper.title}`, 140)),
      paragraph('Similar to ', linkedTitle(paper), ` (${paper.id}), by the words in the title and abstract:`),
      numberedList(items),
      note(hits.length < n && `${found}. Only papers that Paperboy has seen are searched.`),
      buttonRow(
        n < maxCount && hits.length === n && button('More', ['similar', paper.id, String(maxCount)]),
        button('Show paper', ['show', paper.id]),
        button('Save', ['save', paper.id]),
      ),
    ];
    const papers = { first: 1, ids: hits.map((hit) => hit.paper.id) };
    return message(`Papers similar to ${paper.title}`, parts, { papers });
  },
});
