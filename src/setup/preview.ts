import { previewParts } from '../../commands/here/preview.ts';
import { limitsText } from '../../commands/shared/cutoffs.ts';
import { understoodParts } from '../../commands/shared/understood.ts';
import { categoryFault } from '../../config/category.ts';
import { createSampleSource, readSampleDay, sampleName } from '../../config/sample-day.ts';
import { channelNameFault, cronFault, timeZoneFault } from '../../config/values.ts';
import type { AnnouncementSource } from '../core/arxiv.ts';
import type { AuthorIndex } from '../core/author.ts';
import type { Channel, NewChannel } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import type { DigestDraft } from '../core/digest.ts';
import type { Logger } from '../core/logger.ts';
import { type Message, message, paragraph } from '../core/message.ts';
import { type AnnouncedPaper, type Paper, wordList } from '../core/paper.ts';
import type { Services, UnderstoodTopics } from '../core/services.ts';
import type { Stores } from '../core/stores.ts';
import { createChannelRegistry } from '../daily/channels/channels.ts';
import { createCollector } from '../daily/collect/collect.ts';
import { createPreview } from '../daily/draft/preview.ts';
import { bestTopics } from '../scoring/built-in/matches.ts';
import { createLocalScorer } from '../scoring/built-in/scorer.ts';
import { createUnderstanding, understandTopics } from '../scoring/built-in/understood.ts';
import { createRubric } from '../scoring/rubric.ts';
import { createLearner } from '../scoring/votes/learner.ts';

/** What a preview depends on. */
export type Wanted = Pick<NewChannel, 'name' | 'categories' | 'topics' | 'timezone'> & {
  papersPerDay: number;
  /** Other settings of a channel that exists. */
  others?: Partial<Pick<Channel, 'announceTypes' | 'primaryOnly' | 'cutoffs' | 'top'>> | undefined;
};

export type PreviewedDay = {
  /** What was understood, and the best papers. */
  message: Message;
  /** Undefined if no paper was announced. */
  draft: DigestDraft | undefined;
  /** Why the papers are invented; undefined for a real day. */
  sampleReason: string | undefined;
  channel: Channel;
  papers: readonly Paper[];
};

type PreviewerParts = {
  stores: Stores;
  source: AnnouncementSource;
  authors: AuthorIndex;
  clock: Clock;
  logger: Logger;
  defaults: { schedule: string; language: string; criteria: string };
};

/** Each paper once, although several categories announce it. */
const candidatesOf = (announced: readonly AnnouncedPaper[], { announceTypes }: Channel): Paper[] => [
  ...new Map(
    announced.filter(({ type }) => announceTypes.includes(type)).map(({ paper }) => [paper.id, paper]),
  ).values(),
];

/** Previews the newest announcement for channels that do not exist yet, at no cost. */
export const createPreviewer = async (parts: PreviewerParts) => {
  const { stores, source, authors, clock, logger, defaults } = parts;
  const registry = await createChannelRegistry({
    ...{ clock, createRubric, defaults, fileChannels: [], changes: stores.changes, digests: stores.digests },
    validate: { name: channelNameFault, schedule: cronFault, category: categoryFault, timezone: timeZoneFault },
  });
  const learner = createLearner(stores, clock);
  const understand = createUnderstanding(stores.announcements, undefined);
  const local = createLocalScorer();
  const collectorOf = (used: AnnouncementSource) =>
    createCollector({ source: used, announcements: stores.announcements, clock, logger });
  const arxiv = collectorOf(source);
  const sample = collectorOf(createSampleSource());
  const draftWith = (collector: typeof arxiv): Services['draft'] =>
    createPreview({
      ...{ stores, authors, clock, local, collector: () => collector, model: undefined, topicsOf: bestTopics },
      ...{ nudgesOf: learner.nudgesOf, likedOf: learner.likedOf },
    });

  return {
    /** @throws UserError if a value is invalid. */
    check: ({ name, categories, topics, timezone, papersPerDay, others }: Wanted): Channel => ({
      ...registry.previewNew({ name, categories, topics, timezone, destination: 'web' }),
      ...others,
      papersPerDay,
    }),

    /** What the built-in scorer takes from the topics. Needs no network. @throws UserError if a value is invalid. */
    async understand(wanted: Wanted): Promise<UnderstoodTopics> {
      return wanted.categories.length === 0 ? understandTopics(wanted.topics, []) : understand(this.check(wanted));
    },

    /** The categories whose newest announcement is stored, so that a preview of them needs no network. */
    async stored(categories: readonly string[]): Promise<string[]> {
      const dates = await Promise.all(categories.map((one) => stores.announcements.newestDate([one])));
      const newest = dates.reduce((latest, date) => ((date ?? '') > (latest ?? '') ? date : latest), undefined);
      return newest === undefined ? [] : categories.filter((_, index) => dates[index] === newest);
    },

    /** Fetches the newest announcement. Later previews of these categories do not need the network. Never rejects. */
    prefetch: (categories: readonly string[], signal: AbortSignal): void => {
      arxiv.newest(categories, signal).catch(() => {});
    },

    /** @throws UserError if a value is invalid, or the signal's reason. */
    async preview(wanted: Wanted, signal: AbortSignal): Promise<PreviewedDay> {
      const channel = this.check(wanted);
      const collected = await arxiv.newest(channel.categories, signal);
      signal.throwIfAborted();
      const isReal = collected.kind === 'complete';
      const reason = collected.kind === 'incomplete' ? collected.reason : 'arXiv has no announcement yet';
      const read = isReal ? channel : { ...channel, categories: [sampleName] };
      const date = isReal ? collected.date : (await readSampleDay()).date;
      if (!isReal) await sample.newest([sampleName], signal);
      const draft = await draftWith(isReal ? arxiv : sample)(read, date, signal);
      const announced = await stores.announcements.read(date, read.categories);
      const { parts } = previewParts(draft);
      const shown = message(`Preview of ${channel.name}`, [
        paragraph(`It will read ${wordList(channel.categories)} and post ${limitsText(channel, undefined)}.`),
        understoodParts(await understand(read)),
        paragraph(!isReal && 'These papers are invented, because the newest ones could not be read:'),
        parts,
      ]);
      return {
        ...{ message: shown, draft, sampleReason: isReal ? undefined : reason, channel },
        papers: candidatesOf(announced, channel),
      };
    },
  };
};

export type Previewer = Awaited<ReturnType<typeof createPreviewer>>;
