import type { CommandContext } from '../../src/core/command.ts';
import { addDays, arxivTimeZone, dateIn, dayText } from '../../src/core/dates.ts';
import type { LinkedIdentity, MarkedPaper } from '../../src/core/links.ts';
import { bulletList, type Part, paragraph } from '../../src/core/message.ts';
import { addressText, channelIfAny } from './people.ts';

/** The identities of a person, with the day of their link. Nothing if none is linked. */
export const linkedParts = async (linked: readonly LinkedIdentity[], context: CommandContext): Promise<Part> => {
  if (linked.length === 0) return [];
  const timeZone = (await channelIfAny(context))?.timezone ?? 'UTC';
  const lines = linked.map(({ person, at }) => {
    const here = person === context.person ? ' (here)' : '';
    return [`${addressText(person, context)}${here}, since ${dayText(dateIn(new Date(at), timeZone))}`];
  });
  return [paragraph('Linked:'), bulletList(lines)];
};

/** Older messages keep the numbers that they show, because each edit is a request to the platform. */
const shownDays = 14;

export const recentlyMarked = ({ stores, person, clock }: CommandContext): Promise<MarkedPaper[]> =>
  stores.links.marked(person, addDays(dateIn(clock.now(), arxivTimeZone), -shownDays));

/** Counts votes and saves in messages again. @param minIdentities Only of papers that so many identities marked. */
export const countAgain = (
  papers: readonly MarkedPaper[],
  { services }: Pick<CommandContext, 'services'>,
  minIdentities: number,
): void => {
  for (const { channel, paperId, identities } of papers)
    if (identities >= minIdentities) services.showCounts(channel, paperId);
};
