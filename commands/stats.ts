import { setImmediate as turn } from 'node:timers/promises';
import { addDays, arxivTimeZone, dateIn } from '../src/core/clock.ts';
import { defineCommand } from '../src/core/command.ts';
import { mondayOf } from '../src/core/dates.ts';
import type { Digest } from '../src/core/digest.ts';
import type { Block, Inline, Message } from '../src/core/message.ts';
import type { IsoDate } from '../src/core/paper.ts';
import { countOf } from '../src/core/paper-text.ts';
import { screenedOutCount } from '../src/core/prefilter.ts';
import { dollars } from '../src/core/price.ts';
import type { DigestStore, PaperVotes } from '../src/core/stores.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { costBesides } from './shared/cost-besides.ts';
import { dayText, shortDay } from './shared/dates.ts';

/** Above so many days a bar is a week rather than a day. */
const maxDailyBars = 31;

type Bucket<T> = { label: string; items: T[] };

/** What happened on some dates by day, or by week from its Monday where the stretch is long; the oldest first. */
const bucketsOf = <T extends { date: IsoDate }>(items: readonly T[], days: number): Bucket<T>[] => {
  const startOf = days > maxDailyBars ? mondayOf : (date: IsoDate): IsoDate => date;
  const buckets = new Map<IsoDate, T[]>();
  for (const item of items.toSorted((a, b) => a.date.localeCompare(b.date))) {
    const start = startOf(item.date);
    buckets.set(start, [...(buckets.get(start) ?? []), item]);
  }
  return [...buckets].map(([start, inside]) => ({ label: shortDay(start), items: inside }));
};

const bucketNoun = (days: number): 'day' | 'week' => (days > maxDailyBars ? 'week' : 'day');

const usual = 30;
const most = 365;
const maxTopics = 12;

/** A year's digests are read by the month, so that nobody else waits for them. */
const readDigests = async (store: DigestStore, channel: string, from: IsoDate, to: IsoDate): Promise<Digest[]> => {
  const digests: Digest[] = [];
  for (let start = from; start <= to; start = addDays(start, 31)) {
    const end = addDays(start, 30);
    digests.push(...(await store.between(channel, start, end < to ? end : to)));
    await turn();
  }
  return digests;
};

const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

const chart = (title: string, bars: { label: string; value: number; shown: string }[]): Block[] =>
  bars.length === 0 ? [] : [{ type: 'chart', chart: { title, bars } }];

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

type Posted = { topic: string; isLiked: boolean };

const otherTopics = 'Other';

/** Posted papers by topic with how many of them people liked, the topic with the most papers first. */
const topicBars = (posted: readonly Posted[]) => {
  const topics = new Map<string, Posted[]>();
  for (const one of posted) topics.set(one.topic, [...(topics.get(one.topic) ?? []), one]);
  return [...topics]
    .toSorted(([a, x], [b, y]) => Number(a === otherTopics) - Number(b === otherTopics) || y.length - x.length)
    .slice(0, maxTopics)
    .map(([label, papers]) => {
      const liked = papers.filter(({ isLiked }) => isLiked).length;
      return {
        label,
        value: liked / papers.length,
        shown: `${percent(liked, papers.length)} (${liked} of ${papers.length})`,
      };
    });
};

const costText = (digests: readonly Digest[]): string => {
  const known = sum(digests.map(({ usage }) => usage.costUsd ?? 0));
  const unknown = digests.filter(({ usage }) => usage.costUsd === undefined).length;
  if (unknown > 0) return `${dollars(known)}, and what ${countOf(unknown, 'day')} cost is not known`;
  return known === 0 ? 'nothing was paid' : `${dollars(known)}, ${dollars(known / digests.length)} a day`;
};

const skippedText = (skipped: number, all: number): string =>
  `${skipped.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} (${percent(skipped, all)}), which nobody paid for`;

const votesText = (posted: number, liked: number, votes: readonly PaperVotes[]): string => {
  const [up, down] = [sum(votes.map((one) => one.up)), sum(votes.map((one) => one.down))];
  if (up + down === 0) return 'none yet';
  return `${up} 👍 and ${down} 👎; ${liked} of ${posted} posted papers have more 👍 than 👎 (${percent(liked, posted)})`;
};

const nothing = (days: number, newest: IsoDate | undefined, besides: string): Message => {
  const summary = `Nothing was posted in the last ${countOf(days, 'day')}`;
  const text = newest
    ? `${summary}; the newest digest is of ${dayText(newest)}.`
    : `${summary}: there is no digest yet.`;
  const other = newest ? button('The last year', ['stats', String(most)]) : button('What am I doing?', ['status']);
  return {
    summary,
    blocks: [
      { type: 'paragraph', content: [text] },
      ...(besides ? [{ type: 'paragraph' as const, content: [`Paid all the same: ${besides}.`] }] : []),
      ...buttonsBlock(days === most ? [] : other),
    ],
  };
};

export const stats = defineCommand({
  name: 'stats',
  summary: 'papers, cost and votes of the last days, as a picture and in numbers',
  examples: ['stats', 'stats 90'],
  options: {
    days: { type: 'integer', minimum: 1, maximum: most, description: `how many days back, ${usual} if you do not say` },
  },

  async run(context, { days = usual }) {
    const channel = await context.channel();
    const { digests: store, reactions } = context.stores;
    const to = dateIn(context.clock.now(), arxivTimeZone);
    const from = addDays(to, 1 - days);
    const digests = await readDigests(store, channel.name, from, to);
    const besides = await costBesides(context.stores, channel, digests, { from, to });
    if (digests.length === 0) return nothing(days, (await store.summaries(channel.name))[0]?.date, besides);
    const votes = await reactions.votesBetween(channel.name, from, to);
    const liked = new Set(votes.filter(({ up, down }) => up > down).map(({ paperId }) => paperId));
    const posted = digests.flatMap(({ entries }) =>
      entries.map(({ topic, paper }): Posted => ({ topic: topic ?? otherTopics, isLiked: liked.has(paper.id) })),
    );
    const likedPosted = posted.filter(({ isLiked }) => isLiked).length;
    const each = bucketNoun(days);
    const buckets = bucketsOf(digests, days);
    const papers = buckets.map(({ label, items }) => {
      const value = sum(items.map(({ entries }) => entries.length));
      return { label, value, shown: String(value) };
    });
    const costs = buckets.map(({ label, items }) => {
      const value = sum(items.map(({ usage }) => usage.costUsd ?? 0));
      return { label, value, shown: dollars(value) };
    });
    const isPaid = costs.some(({ value }) => value > 0);
    const skipped = sum(digests.map(({ prefilter }) => screenedOutCount(prefilter)));
    const read = sum(digests.map(({ counts }) => counts.scanned)) - skipped;
    const line = (name: string, text: string): Inline[] => [{ text: `${name}: `, bold: true }, text];
    const heading = `The last ${countOf(days, 'day')}`;
    const postedText = `${posted.length.toLocaleString('en-US')} of ${read.toLocaleString('en-US')} that were read, on ${countOf(digests.length, 'day')} with an announcement`;
    return {
      summary: `${heading} · ${channel.name}: ${countOf(posted.length, 'paper')} posted`,
      blocks: [
        { type: 'heading', text: `${heading} · ${channel.name}` },
        {
          type: 'list',
          ordered: false,
          items: [
            line('Papers posted', postedText),
            ...(skipped > 0 ? [line('Skipped as unlikely', skippedText(skipped, skipped + read))] : []),
            line('Cost', costText(digests)),
            ...(besides ? [line('Besides', besides)] : []),
            line('Votes', votesText(posted.length, likedPosted, votes)),
          ],
        },
        ...chart(`Papers posted, by ${each}`, papers),
        ...chart(`Cost, by ${each}`, isPaid ? costs : []),
        ...chart('Posted papers that people liked, by topic', votes.length > 0 ? topicBars(posted) : []),
        ...buttonsBlock([
          ...(days < most ? button('The last year', ['stats', String(most)]) : []),
          ...button('The best of the week', ['recap']),
        ]),
      ],
    };
  },
});
