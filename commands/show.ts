import { arxivTimeZone } from '../src/core/clock.ts';
import { defineCommand } from '../src/core/command.ts';
import type { Block, Inline } from '../src/core/message.ts';
import type { Paper } from '../src/core/paper.ts';
import { authorsLine, isSamplePaper, linkedTitle, paperLinks, shorten } from '../src/core/paper-text.ts';
import type { PaperAnnouncement } from '../src/core/stores.ts';
import { button, buttonsBlock } from './parts/buttons.ts';
import { dayText } from './parts/dates.ts';
import { votesText } from './parts/paper-lines.ts';
import { channelIfAny } from './parts/place.ts';
import { raterLines } from './parts/raters.ts';
import { whyText } from './parts/why.ts';

/** In UTF-16 units; the whole abstract is a button away. */
const abstractShown = 1_200;
const datesShown = 4;

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

/** "Announced 8 July 2025 (cs.LG new, cs.AI cross)", the newest first. */
const datesText = (announced: readonly PaperAnnouncement[]): string => {
  if (announced.length === 0) return 'Not announced since I began; fetched from arXiv.';
  const byDate = new Map<string, string[]>();
  for (const { date, category, type } of announced)
    byDate.set(date, [...(byDate.get(date) ?? []), `${category} ${type}`]);
  const dates = [...byDate].map(([date, places]) => `${dayText(date)} (${places.join(', ')})`);
  const more = dates.length > datesShown ? ` and ${dates.length - datesShown} times before` : '';
  return `Announced ${dates.slice(0, datesShown).join('; ')}${more}`;
};

const linksOf = (paper: Paper): Inline[] =>
  isSamplePaper(paper)
    ? paperLinks(paper)
    : [...paperLinks(paper), ' · ', { text: 'alphaXiv', url: `https://www.alphaxiv.org/abs/${paper.id}` }];

const aboutText = ({ categories, comments, journalReference, doi }: Paper): string =>
  [categories.join(', '), comments, journalReference, doi && `doi:${doi}`].filter(Boolean).join(' · ');

export const show = defineCommand({
  name: 'show',
  summary: 'one paper: its scores, why it was picked or not, its abstract',
  examples: ['show 2503.07639', 'show https://arxiv.org/abs/2503.07639'],
  options: { paper: { type: 'paper', required: true, description: 'an arXiv id or a link to a paper' } },

  async run(context, { paper: id }) {
    const { stores, services, person, signal } = context;
    const paper = await services.papers.find(id, signal);
    const channel = await channelIfAny(context);
    const [announced, scores, saved] = await Promise.all([
      stores.announcements.datesOf(paper.id),
      stores.scores.ofPaper(paper.id),
      stores.saved.list(person),
    ]);
    const votes = channel && (await stores.reactions.votes(channel.name, [paper.id])).get(paper.id);
    const why = channel && !isSamplePaper(paper) ? await whyText(stores, channel, paper, announced, scores) : [];
    const raters = raterLines(scores, channel?.rubric.hash, channel?.timezone ?? arxivTimeZone);
    const ours = channel ? scores.find(({ rubric }) => rubric === channel.rubric.hash) : scores[0];
    const isSaved = saved.some((one) => one.paper.id === paper.id);
    const abstract = shorten(paper.abstract, abstractShown);
    const listed: Inline[][] = [
      ...raters,
      ...(votes ? [[`${votesText(votes).trim()} by people of ${channel?.name}`]] : []),
    ];
    return {
      summary: `${paper.title} (${paper.id})`,
      blocks: [
        paragraph(linkedTitle(paper, true)),
        paragraph({ text: authorsLine(paper.authors), italic: true }),
        { type: 'note', content: [aboutText(paper)] },
        ...(isSamplePaper(paper) ? [] : [{ type: 'note' as const, content: [datesText(announced)] }]),
        ...(listed.length > 0
          ? [paragraph('Relevance + novelty:'), { type: 'list' as const, ordered: false, items: listed }]
          : [paragraph('Nobody has scored it yet.')]),
        ...(ours ? [paragraph(ours.comment)] : []),
        ...why.map((sentence) => paragraph(channel ? `${channel.name}: ${sentence}` : sentence)),
        paragraph(abstract),
        { type: 'note', content: linksOf(paper) },
        ...buttonsBlock(
          isSamplePaper(paper)
            ? []
            : [
                ...button('More like this', ['similar', paper.id]),
                ...(isSaved ? button('Unsave', ['unsave', paper.id]) : button('Save', ['save', paper.id])),
                ...button('Ask again', ['rescore', paper.id]),
                ...button('Ask a question', ['ask', paper.id]),
                ...(abstract === paper.abstract ? [] : button('Abstract', ['abstract', paper.id])),
              ],
        ),
      ],
    };
  },
});
