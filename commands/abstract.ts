import { defineCommand } from '../src/core/command.ts';
import { linkedTitle, paperLinks } from '../src/core/paper-text.ts';

/** The whole abstract, where a message had room for its beginning alone. */
export const abstract = defineCommand({
  name: 'abstract',
  summary: 'the whole abstract of a paper',
  examples: ['abstract 2503.07639'],
  isHidden: true,
  options: { paper: { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' } },

  async run({ services, signal }, { paper: id }) {
    const paper = await services.papers.find(id, signal);
    return {
      summary: `Abstract of ${paper.title}`,
      blocks: [
        { type: 'paragraph', content: [linkedTitle(paper, true)] },
        { type: 'paragraph', content: [paper.abstract] },
        { type: 'note', content: paperLinks(paper) },
        {
          type: 'buttons',
          buttons: [
            { label: 'About this paper', command: `show ${paper.id}` },
            { label: 'Save', command: `save ${paper.id}` },
          ],
        },
      ],
    };
  },
});
