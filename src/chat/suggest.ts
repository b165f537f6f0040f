import type { Channel } from '../core/channel.ts';
import { longDate } from '../core/clock.ts';
import { type CommandEntry, listedCommands, type Option } from '../core/command.ts';
import type { Suggestion, SuggestionRequest } from '../core/platform.ts';
import type { Stores } from '../core/stores.ts';

/** Discord shows so many at most; more is no help to anybody. */
const mostSuggestions = 25;

type Parts = {
  commands: readonly CommandEntry[];
  stores: Pick<Stores, 'digests'>;
  channelFor(destination: string): Promise<Channel>;
};

const asIs = (value: string): Suggestion => ({ label: value, value });

const valuesOf = async (option: Option, request: SuggestionRequest, parts: Parts): Promise<Suggestion[]> => {
  if (option.type === 'word') return option.values.map(asIs);
  if (option.type === 'text' && option.offers === 'commands')
    return listedCommands(parts.commands).map(({ path }) => asIs(path));
  if (option.type !== 'date') return [];
  const { name } = await parts.channelFor(request.destination);
  const digests = await parts.stores.digests.summaries(name);
  return digests.map(({ date }) => ({ label: `${date} · ${longDate(date)}`, value: date }));
};

/** The known values of an option that contain what is typed, those that begin with it first. */
export const suggestionsFor = async (request: SuggestionRequest, parts: Parts): Promise<Suggestion[]> => {
  const listed = listedCommands(parts.commands).find(({ path }) => path === request.command);
  const option = listed?.command.options[request.option];
  if (!option) return [];
  const typed = request.typed.trim().toLowerCase();
  const begins = ({ value }: Suggestion): boolean => value.toLowerCase().startsWith(typed);
  const fitting = (await valuesOf(option, request, parts)).filter(({ label }) => label.toLowerCase().includes(typed));
  return [...fitting.filter(begins), ...fitting.filter((one) => !begins(one))].slice(0, mostSuggestions);
};
