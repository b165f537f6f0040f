import type { Channel } from '../core/channel.ts';
import { longDate } from '../core/clock.ts';
import type { Inline, Message } from '../core/message.ts';
import { findPaperLinks } from '../core/paper-id.ts';
import { authorsLine, linkedTitle } from '../core/paper-text.ts';
import type { Stores } from '../core/stores.ts';

type Parts = {
  stores: Pick<Stores, 'announcements' | 'digests' | 'reactions'>;
  channelAt(destination: string): Promise<Channel | undefined>;
};

/** What is known of the first paper that a text links to; undefined where it links to none that was ever announced. */
export const linkCard = async (
  text: string,
  destination: string,
  { stores, channelAt }: Parts,
): Promise<Message | undefined> => {
  const [id] = findPaperLinks(text);
  const channel = await channelAt(destination);
  const paper = id === undefined ? undefined : await stores.announcements.paper(id);
  if (!paper || !channel) return undefined;
  const [picked] = await stores.digests.withPaper(channel.name, paper.id);
  const scores: Inline[] = picked
    ? [`Relevance ${picked.entry.score.relevance} · Novelty ${picked.entry.score.novelty} · ${longDate(picked.date)}`]
    : ['Not among the papers posted here.'];
  return {
    summary: paper.title,
    blocks: [
      { type: 'paragraph', content: [linkedTitle(paper, true)] },
      { type: 'paragraph', content: [{ text: authorsLine(paper.authors, 6), italic: true }] },
      { type: 'note', content: scores },
      { type: 'buttons', buttons: [{ label: 'Show', command: `show ${paper.id}` }] },
    ],
  };
};
