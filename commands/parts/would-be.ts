import type { Channel } from '../../src/core/channel.ts';
import { longDate } from '../../src/core/clock.ts';
import type { CommandContext } from '../../src/core/command.ts';
import type { DigestDraft, DigestEntry } from '../../src/core/digest.ts';
import { describeCounts, describeEngines } from '../../src/core/digest-text.ts';
import { ExternalError } from '../../src/core/errors.ts';
import { type Block, type Inline, textMessage } from '../../src/core/message.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { countOf, linkedTitle } from '../../src/core/paper-text.ts';
import { scoreText } from './paper-lines.ts';

type Parts = Pick<CommandContext, 'stores' | 'services' | 'progress' | 'signal'>;

const mostListed = 8;

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

const listOf = (entries: readonly DigestEntry[], title: string): Block[] => {
  if (entries.length === 0) return [];
  const more = entries.length - mostListed;
  const items = entries
    .slice(0, mostListed)
    .map(({ paper, score }): Inline[] => [`${scoreText(score)}  `, linkedTitle(paper)]);
  return [
    paragraph({ text: `${title} (${entries.length})`, bold: true }),
    { type: 'list', ordered: false, items: more > 0 ? [...items, [`and ${countOf(more, 'more paper')}`]] : items },
  ];
};

const without = (entries: readonly DigestEntry[], others: readonly DigestEntry[]): DigestEntry[] => {
  const ids = new Set(others.map(({ paper }) => paper.id));
  return entries.filter(({ paper }) => !ids.has(paper.id));
};

const isLocal = ({ engines }: Pick<DigestDraft, 'engines'>): boolean =>
  engines.some(({ engine }) => engine === 'local');

/** The day that is tried out: that of the newest digest, else the newest of which everything is stored. */
const lastDay = async (channel: Channel, { stores }: Parts): Promise<IsoDate | undefined> => {
  const newest = await stores.digests.newest(channel.name);
  return newest && !newest.sample ? newest.date : stores.announcements.newestDate(channel.categories);
};

const draftOf = async (channel: Channel, date: IsoDate, { services, signal }: Parts) => {
  try {
    return await services.draft(channel, date, signal);
  } catch (error) {
    if (error instanceof ExternalError) return undefined;
    throw error;
  }
};

/**
 * What the last day would have been under other settings: how many papers, which come in and which go.
 *
 * @param channel As it is.
 * @param wanted As it would be.
 */
export const wouldBe = async (channel: Channel, wanted: Channel, parts: Parts): Promise<Block[]> => {
  const date = await lastDay(channel, parts);
  if (date === undefined)
    return [paragraph('There is no day yet to try this on; the first one comes with the next run.')];
  const day = longDate(date);
  await parts.progress(textMessage(`Looking at what ${day} would have been …`));
  const draft = await draftOf(wanted, date, parts);
  if (!draft) return [paragraph(`I could not look at ${day} now, so I cannot say what it would have been.`)];
  const before = (await parts.stores.digests.find(channel.name, date)) ?? (await draftOf(channel, date, parts));
  const [added, gone] = before
    ? [without(draft.entries, before.entries), without(before.entries, draft.entries)]
    : [draft.entries, []];
  const isSame = added.length === 0 && gone.length === 0;
  const isRough = before !== undefined && isLocal(draft) && !isLocal(before);
  return [
    paragraph({ text: `${day} would have been: `, bold: true }, describeCounts(draft)),
    ...(isSame ? [paragraph('The same papers would have been posted.')] : []),
    ...listOf(added, before ? 'Papers that come in' : 'Papers'),
    ...listOf(gone, 'Papers that go'),
    {
      type: 'note',
      content: [
        isRough
          ? 'The built-in scorer read the papers for this, at no cost; the language model will judge finer.'
          : `${describeEngines(draft)}, at no cost.`,
      ],
    },
  ];
};
