import type { ChangeOf } from '../../src/core/changes.ts';
import type { Channel } from '../../src/core/channel.ts';
import { arxivTimeZone, dateIn } from '../../src/core/clock.ts';
import type { Digest } from '../../src/core/digest.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { countOf } from '../../src/core/paper-text.ts';
import { dollars } from '../../src/core/price.ts';
import type { Stores } from '../../src/core/stores.ts';

/** What is on record of the cost of a digest that was taken back. */
type RetractedDigest = Pick<Digest, 'date' | 'rubric' | 'createdAt'> & {
  /** US dollars; undefined where it is not known. */
  costUsd: number | undefined;
};

/**
 * The digests of a stretch of days, both included, that were taken back and whose cost stands in no digest that is left: one
 * that is made anew under the same rubric counts all calls of its day.
 */
const retractedDigests = async (
  { changes }: Pick<Stores, 'changes'>,
  channel: string,
  digests: readonly Digest[],
  { from, to }: { from: IsoDate; to: IsoDate },
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

/** Of costs in US dollars, undefined where one is not known; undefined where nothing was paid. */
const costText = (costs: readonly (number | undefined)[]): string | undefined => {
  const known = costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
  if (costs.includes(undefined)) return `${known > 0 ? `${dollars(known)} and ` : ''}an amount that is not known`;
  return known > 0 ? dollars(known) : undefined;
};

/**
 * A digest counts all calls of its day under its rubric, so that what was asked again before it was made is in it. The record
 * names the digest that was there already.
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

/**
 * What a channel's days cost besides their digests, by kind: "$0.0020 for questions, $0.0100 for asking about 20 papers
 * again, $0.0312 for a digest that was taken back"; empty where that is nothing.
 */
export const costBesides = async (
  { changes, ledger }: Pick<Stores, 'changes' | 'ledger'>,
  { name }: Pick<Channel, 'name'>,
  digests: readonly Digest[],
  { from, to }: { from: IsoDate; to: IsoDate },
): Promise<string> => {
  const questions = await ledger.questions(name, from, to);
  const retracted = await retractedDigests({ changes }, name, digests, { from, to });
  const again = (await changes.list(name, 'rescore')).filter((record) => {
    const date = dateIn(new Date(record.at), arxivTimeZone);
    return date >= from && date <= to && !isInDigest(record, date, [...digests, ...retracted]);
  });
  const papers = again.reduce((sum, { value }) => sum + value.papers, 0);
  const digestsText = retracted.length === 1 ? 'a digest that was' : `${retracted.length} digests that were`;
  const parts: [string | undefined, string][] = [
    [costText([questions.costUsd]), 'questions'],
    [costText(again.map(({ value }) => value.costUsd ?? undefined)), `asking about ${countOf(papers, 'paper')} again`],
    [costText(retracted.map(({ costUsd }) => costUsd)), `${digestsText} taken back`],
  ];
  return parts.flatMap(([cost, what]) => (cost === undefined ? [] : [`${cost} for ${what}`])).join(', ');
};
