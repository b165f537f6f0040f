import type { ChangeOf } from '../src/core/changes.ts';
import type { Channel } from '../src/core/channel.ts';
import { defineCommand } from '../src/core/command.ts';
import { addDays, arxivTimeZone, dateIn, dayText, mondayOf } from '../src/core/dates.ts';
import type { Digest } from '../src/core/digest.ts';
import {
  type Block,
  bulletList,
  button,
  buttonRow,
  heading,
  type Inline,
  type Message,
  message,
  paragraph,
} from '../src/core/message.ts';
import { countOf, grouped, type IsoDate } from '../src/core/paper.ts';
import { dollars } from '../src/core/score.ts';
import { screenedOutCount } from '../src/core/screening.ts';
import type { PaperVotes, Stores } from '../src/core/stores.ts';
import { describeRecall } from '../src/digest/text.ts';
import { shortDay } from './shared/dates.ts';
import { readDigests } from './shared/digest-range.ts';

const defaultDays = 30;
const maxDays = 365;
const maxTopics = 12;

// Longer ranges get weekly bars.
const maxDailyBars = 31;

type Bucket<T> = { label: string; items: T[] };

/** Groups items by day, or by week (from Monday) if there are many days; oldest first. */
const bucketsOf = <T extends { date: IsoDate }>(items: readonly T[], days: number): Bucket<T>[] => {
  const startOf = days > maxDailyBars ? mondayOf : (date: IsoDate): IsoDate => date;
  const buckets = new Map<IsoDate, T[]>();
  for (const item of items.toSorted((a, b) => a.date.localeCompare(b.date))) {
    const start = startOf(item.date);
    buckets.set(start, [...(buckets.get(start) ?? []), item]);
  }
  return [...buckets].map(([start, inside]) => ({ label: shortDay(start), items: inside }));
};

const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((100 * part) / whole)}%`;

const chart = (title: string, bars: { label: string; value: number; shown: string }[]): Block | undefined =>
  bars.length === 0 ? undefined : { type: 'chart', chart: { title, bars } };

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

type Posted = { topic: string; isLiked: boolean };

const otherTopics = 'Other';

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

const digestCostText = (digests: readonly Digest[]): string => {
  const known = sum(digests.map(({ usage }) => usage.costUsd ?? 0));
  const unknown = digests.filter(({ usage }) => usage.costUsd === undefined).length;
  if (unknown > 0) return `${dollars(known)}; the cost of ${countOf(unknown, 'digest')} is unknown`;
  const summaries = digests.flatMap(({ models }) => models.filter(({ purpose }) => purpose === 'summaries'));
  const summed = sum(summaries.map(({ usage }) => usage.costUsd ?? 0));
  const share = summed === 0 ? '' : `; ${dollars(summed)} of it for summaries`;
  return known === 0 ? 'none' : `${dollars(known)}, ${dollars(known / digests.length)} per digest${share}`;
};

type Days = { from: IsoDate; to: IsoDate };

type RetractedDigest = Pick<Digest, 'date' | 'rubric' | 'createdAt'> & { costUsd: number | undefined };

/**
 * Retracted digests whose cost no other digest includes. A digest remade under the same rubric includes all calls
 * made that day.
 */
const retractedDigests = async (
  { changes }: Pick<Stores, 'changes'>,
  channel: string,
  digests: readonly Digest[],
  { from, to }: Days,
): Promise<RetractedDigest[]> => {
  const last = new Map<string, RetractedDigest>();
  for (const { value } of await changes.list(channel, 'retract')) {
    const { date, rubric, createdAt, costUsd } = value;
    if (rubric === undefined || createdAt === undefined || date < from || date > to) continue;
    last.set(`${date} ${rubric}`, { date, rubric, createdAt, costUsd: costUsd ?? undefined });
  }
  for (const { date, rubric } of digests) last.delete(`${date} ${rubric}`);
  return [...last.values()];
};

/**
 * True if the day's digest includes the cost of a rescoring. A digest includes all calls made that day before it was
 * created.
 */
const isInDigest = (
  { at, value: { rubric, after } }: ChangeOf<'rescore'>,
  date: IsoDate,
  digests: readonly Pick<Digest, 'date' | 'createdAt' | 'rubric'>[],
): boolean =>
  digests.some(
    (digest) =>
      digest.date === date &&
      digest.rubric === rubric &&
      (after === undefined ? digest.createdAt > at : digest.createdAt !== after),
  );

const costText = (costs: readonly (number | null | undefined)[]): string | undefined => {
  const known = sum(costs.map((cost) => cost ?? 0));
  const isUnknown = costs.some((cost) => cost === undefined || cost === null);
  if (isUnknown) return `${known > 0 ? `${dollars(known)} and ` : ''}an unknown amount`;
  return known > 0 ? dollars(known) : undefined;
};

/**
 * "$0.0020 for questions, $0.0003 for expanding the topics, $0.0100 for rescoring 20 papers, $0.0312 for a retracted digest"; empty if there are no other
 * costs.
 */
const otherCostsText = async (
  { changes, ledger }: Pick<Stores, 'changes' | 'ledger'>,
  { name }: Pick<Channel, 'name'>,
  digests: readonly Digest[],
  days: Days,
): Promise<string> => {
  const questions = await ledger.questions(name, days.from, days.to);
  const checks = await ledger.checks(name, days.from, days.to);
  const retracted = await retractedDigests({ changes }, name, digests, days);
  const dateOf = ({ at }: { at: string }): IsoDate => dateIn(new Date(at), arxivTimeZone);
  const isInside = (date: IsoDate): boolean => date >= days.from && date <= days.to;
  const rescored = (await changes.list(name, 'rescore')).filter((change) => {
    const date = dateOf(change);
    return isInside(date) && !isInDigest(change, date, [...digests, ...retracted]);
  });
  const expansions = (await changes.list(undefined, 'expansion')).filter(
    (change) => change.value.askedFor === name && isInside(dateOf(change)),
  );
  const papers = sum(rescored.map(({ value }) => value.papers));
  const parts: [string | undefined, string][] = [
    [costText([questions.costUsd]), 'questions'],
    [costText([checks.costUsd]), 'doctor --ask'],
    [costText(expansions.map(({ value }) => value.costUsd)), 'expanding the topics'],
    [costText(rescored.map(({ value }) => value.costUsd)), `rescoring ${countOf(papers, 'paper')}`],
    [
      costText(retracted.map(({ costUsd }) => costUsd)),
      retracted.length === 1 ? 'a retracted digest' : `${retracted.length} retracted digests`,
    ],
  ];
  return parts.flatMap(([cost, what]) => (cost === undefined ? [] : [`${cost} for ${what}`])).join(', ');
};

const votesText = (posted: number, liked: number, votes: readonly PaperVotes[]): string => {
  const [up, down] = [sum(votes.map((one) => one.up)), sum(votes.map((one) => one.down))];
  if (up + down === 0) return 'none yet';
  return `${up} 👍 and ${down} 👎; ${liked} of ${countOf(posted, 'posted paper')} ${liked === 1 ? 'has' : 'have'} more 👍 than 👎 (${percent(liked, posted)})`;
};

const yearButton = button('Last 365 days', ['stats', String(maxDays)]);

const nothing = (days: number, newest: IsoDate | undefined, otherCosts: string): Message => {
  const summary = `Nothing was posted in the last ${countOf(days, 'day')}`;
  return message(summary, [
    paragraph(`${summary}. ${newest ? `The newest digest is that of ${dayText(newest)}.` : 'There is no digest yet.'}`),
    paragraph(otherCosts && `Other costs: ${otherCosts}.`),
    buttonRow(days !== maxDays && (newest ? yearButton : button('Status', ['status']))),
  ]);
};

export const stats = defineCommand({
  name: 'stats',
  summary: 'Show papers, cost and votes for recent days',
  examples: ['stats', 'stats 90'],
  aliases: ['statistics', 'numbers', 'cost', 'costs', 'spending'],
  options: {
    days: {
      type: 'integer',
      minimum: 1,
      maximum: maxDays,
      description: `how many days back, ${defaultDays} by default`,
    },
  },

  async run(context, { days = defaultDays }) {
    const channel = await context.channel();
    const { digests: store, reactions } = context.stores;
    const to = dateIn(context.clock.now(), arxivTimeZone);
    const from = addDays(to, 1 - days);
    const digests = await readDigests(store, channel.name, { from, to });
    const otherCosts = await otherCostsText(context.stores, channel, digests, { from, to });
    if (digests.length === 0) return nothing(days, (await store.summaries(channel.name))[0]?.date, otherCosts);
    const votes = await reactions.votesBetween(channel.name, from, to);
    const liked = new Set(votes.filter(({ up, down }) => up > down).map(({ paperId }) => paperId));
    const posted = digests.flatMap(({ entries }) =>
      entries.map(({ topic, paper }): Posted => ({ topic: topic ?? otherTopics, isLiked: liked.has(paper.id) })),
    );
    const likedPosted = posted.filter(({ isLiked }) => isLiked).length;
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
    const screenedOut = sum(digests.map(({ prefilter }) => screenedOutCount(prefilter)));
    const lastScreened = digests.findLast(({ prefilter }) => screenedOutCount(prefilter) > 0)?.prefilter;
    const scanned = sum(digests.map(({ counts }) => counts.scanned));
    const line = (name: string, text: string): Inline[] => [{ text: `${name}: `, bold: true }, text];
    const title = `The last ${countOf(days, 'day')}`;
    const each = days > maxDailyBars ? 'week' : 'day';
    return message(`${title} · ${channel.name}: ${countOf(posted.length, 'paper')} posted`, [
      heading(`${title} · ${channel.name}`),
      bulletList([
        line(
          'Papers posted',
          `${grouped(posted.length)} of ${grouped(scanned - screenedOut)} scored, in ${countOf(digests.length, 'digest')}`,
        ),
        screenedOut > 0 &&
          line(
            'Screened out',
            `${grouped(screenedOut)} of ${grouped(scanned)} (${percent(screenedOut, scanned)}), at no cost; ${describeRecall(lastScreened)}`,
          ),
        line('Cost', digestCostText(digests)),
        otherCosts !== '' && line('Other costs', otherCosts),
        line('Votes', votesText(posted.length, likedPosted, votes)),
      ]),
      chart(`Papers posted by ${each}`, papers),
      chart(`Cost by ${each}`, isPaid ? costs : []),
      chart('Liked papers by topic', votes.length > 0 ? topicBars(posted) : []),
      buttonRow(days < maxDays && yearButton, button('Weekly recap', ['recap'])),
    ]);
  },
});
