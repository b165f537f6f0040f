import type { Channel } from '../../src/core/channel.ts';
import { arxivTimeZone, dateIn } from '../../src/core/clock.ts';
import type { Digest } from '../../src/core/digest.ts';
import { dollars } from '../../src/core/digest-text.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { countOf } from '../../src/core/paper-text.ts';
import type { Change, Stores } from '../../src/core/stores.ts';
import { fieldsOf, numberOf, textOf } from './records.ts';

const costText = (known: number, hasUnknown: boolean): string =>
  hasUnknown ? `${known > 0 ? `${dollars(known)} and ` : ''}an amount that is not known` : dollars(known);

/** A digest counts all calls of its day under its rubric, so that what was asked again before it was made is in it. */
const isInDigest = ({ at, value }: Change, date: IsoDate, digests: readonly Digest[]): boolean =>
  digests.some(
    (digest) => digest.date === date && digest.createdAt > at && digest.rubric === textOf(fieldsOf(value).rubric),
  );

/**
 * What a channel's days cost besides their digests, by kind: "$0.0020 for questions, $0.0100 for asking about 20 papers
 * again"; empty where that is nothing.
 */
export const costBesides = async (
  { changes, ledger }: Pick<Stores, 'changes' | 'ledger'>,
  { name }: Pick<Channel, 'name'>,
  digests: readonly Digest[],
  { from, to }: { from: IsoDate; to: IsoDate },
): Promise<string> => {
  const questions = await ledger.questions(name, from, to);
  const again = (await changes.list(name, 'rescore')).filter((record) => {
    const date = dateIn(new Date(record.at), arxivTimeZone);
    return date >= from && date <= to && !isInDigest(record, date, digests);
  });
  const costs = again.map(({ value }) => numberOf(fieldsOf(value).costUsd));
  const papers = again.reduce((sum, { value }) => sum + (numberOf(fieldsOf(value).papers) ?? 0), 0);
  const knownCost = costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
  const parts = [
    ...(questions.costUsd !== 0
      ? [`${costText(questions.costUsd ?? 0, questions.costUsd === undefined)} for questions`]
      : []),
    ...(knownCost > 0 || costs.includes(undefined)
      ? [`${costText(knownCost, costs.includes(undefined))} for asking about ${countOf(papers, 'paper')} again`]
      : []),
  ];
  return parts.join(', ');
};
