import type { Channel } from '../../src/core/channel.ts';
import { longDate } from '../../src/core/clock.ts';
import type { IsoDate, Paper } from '../../src/core/paper.ts';
import { passes } from '../../src/core/score.ts';
import type { Rescored } from '../../src/core/services.ts';
import type { Stores } from '../../src/core/stores.ts';
import { cutoffsText } from './cutoffs.ts';
import { announcedHere, heldBack } from './held-back.ts';

type Read = Pick<Stores, 'announcements' | 'digests'>;

const titles = (papers: readonly Rescored[]): string => papers.map(({ paper }) => paper.title).join('; ');

/** The day whose digest would have a paper, had it had its score then; undefined where a digest has it, or none could. */
const dayWithout = async (paper: Paper, channel: Channel, stores: Read): Promise<IsoDate | undefined> => {
  if ((await stores.digests.withPaper(channel.name, paper.id)).length > 0) return undefined;
  const announced = await stores.announcements.datesOf(paper.id);
  const [newest] = heldBack(paper, channel, announced) ? [] : announcedHere(channel, announced);
  const digest = newest && (await stores.digests.find(channel.name, newest.date));
  return digest?.sample ? undefined : digest?.date;
};

/** What it means for the digests that papers are over the cutoffs now; empty where these have them. */
const digestsText = async (over: readonly Rescored[], channel: Channel, stores: Read): Promise<string[]> => {
  const found = await Promise.all(over.map(({ paper }) => dayWithout(paper, channel, stores)));
  const [day, ...others] = [...new Set(found.filter((one) => one !== undefined))].sort().reverse();
  if (day === undefined) return [];
  const what =
    others.length > 0 ? 'Their digests stay as they were made' : `The digest of ${longDate(day)} stays as it was made`;
  const which = others.length > 0 ? `one, such as that of ${longDate(day)},` : 'it';
  return [`${what}. To have ${which} made anew, managers type /arxiv retract ${day}, then /arxiv digest ${day}.`];
};

/** What crossed the cutoffs, in sentences; a first score that reaches both has crossed them too. */
export const crossedText = async (papers: readonly Rescored[], channel: Channel, stores: Read): Promise<string> => {
  const { cutoffs } = channel;
  const passed = ({ before }: Rescored): boolean => before !== undefined && passes(before, cutoffs);
  const passesNow = ({ after }: Rescored): boolean => after !== undefined && passes(after, cutoffs);
  const over = papers.filter((one) => passesNow(one) && !passed(one));
  const under = papers.filter((one) => one.after && passed(one) && !passesNow(one));
  const text = [
    ...(over.length > 0
      ? [`Now over the cutoffs: ${titles(over)}.`, ...(await digestsText(over, channel, stores))]
      : []),
    ...(under.length > 0 ? [`Now under them: ${titles(under)}.`] : []),
  ].join(' ');
  return text || `None crossed the cutoffs (${cutoffsText(cutoffs)}).`;
};
