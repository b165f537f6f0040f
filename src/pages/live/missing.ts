import { isIsoDate, longDate } from '../../core/clock.ts';
import { lastRetraction } from '../../core/retracted.ts';
import type { ProblemPage } from '../../core/site.ts';
import type { Stores } from '../../core/stores.ts';
import { timeOfInstant } from '../dates.ts';
import type { PageChannel } from '../day.ts';

/** Why there is no page at a path such as `foundations/2025-07-08.html`. */
export const missingPage = async (
  path: string,
  { channels, stores }: { channels: readonly PageChannel[]; stores: Pick<Stores, 'changes'> },
): Promise<ProblemPage> => {
  const [folder, file = '', ...deeper] = path.split('/');
  const channel = channels.find(({ name }) => name === folder);
  const [, date = ''] = /^(\d{4}-\d{2}-\d{2})(?:\.(?:html|md|json))?$/.exec(file) ?? [];
  if (!channel)
    return { title: 'There is nothing here', text: 'There is nothing at this address. The pages begin at /' };
  const { name, timezone } = channel;
  if (!isIsoDate(date) || deeper.length > 0)
    return { title: 'There is nothing here', text: `${name} has no page at this address.`, channel: name };
  const retraction = await lastRetraction(name, date, stores.changes);
  if (!retraction) return { title: 'No digest', text: `${name} has no digest of ${longDate(date)}.`, channel: name };
  const when = `on ${timeOfInstant(retraction.at, timezone)} (${timezone})`;
  return {
    title: 'Taken back',
    text: `The digest of ${longDate(date)} was taken back ${when}. The channel’s managers and the admins can have it made anew with /arxiv digest ${date}`,
    channel: name,
  };
};
