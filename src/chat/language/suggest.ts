import type { Channel } from '../../core/channel.ts';
import { type CommandEntry, listedCommands, type Offers, type Option, shownCommands } from '../../core/command.ts';
import { longDate, monthInWords, rangeWords } from '../../core/dates.ts';
import type { DigestEntry } from '../../core/digest.ts';
import { fold, unquoted, withoutControls } from '../../core/folding.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Suggestion, SuggestionRequest } from '../../core/platform.ts';
import type { Stores } from '../../core/stores.ts';

/** Discord shows no more than this. */
const maxSuggestions = 25;

type Parts = {
  commands: readonly CommandEntry[];
  stores: Pick<Stores, 'digests'>;
  channelFor(asker: Pick<SuggestionRequest, 'person' | 'destination'>): Promise<Channel>;
};

const asIs = (value: string): Suggestion => {
  // Names of authors come from papers.
  const text = withoutControls(value);
  return { label: text, value: text };
};

/** The newest digests show what a channel is about now. */
const recentDigests = 20;

const recentEntries = async (channel: Channel, digests: Stores['digests']): Promise<DigestEntry[]> => {
  const dates = (await digests.summaries(channel.name)).slice(0, recentDigests).map(({ date }) => date);
  const [to] = dates;
  const from = dates.at(-1);
  if (from === undefined || to === undefined) return [];
  return (await digests.between(channel.name, from, to)).toReversed().flatMap(({ entries }) => entries);
};

const byCount = (values: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]).map(([value]) => value);
};

const topicsOf = async (channel: Channel, { stores }: Parts): Promise<Suggestion[]> => {
  const entries = await recentEntries(channel, stores.digests);
  return byCount(entries.flatMap(({ topic }) => topic ?? [])).map(asIs);
};

const authorsOf = async (channel: Channel, { stores }: Parts): Promise<Suggestion[]> => {
  const entries = await recentEntries(channel, stores.digests);
  const followed = channel.authors.map(({ name }) => name);
  return [...new Set([...followed, ...byCount(entries.flatMap(({ paper }) => paper.authors))])].map(asIs);
};

const textOffers = {
  commands: async (_, { commands }) => shownCommands(commands).map(({ path }) => asIs(path)),
  topics: async (channelHere, parts) => topicsOf(await channelHere(), parts),
  authors: async (channelHere, parts) => authorsOf(await channelHere(), parts),
  following: async (channelHere) => (await channelHere()).authors.map(({ name }) => asIs(name)),
} satisfies Record<Offers, (channelHere: () => Promise<Channel>, parts: Parts) => Promise<Suggestion[]>>;

const dayOf = (date: IsoDate): Suggestion => ({ label: `${date} · ${longDate(date)}`, value: date });

const monthOf = (month: string): Suggestion => ({ label: `${month} · ${monthInWords(month)}`, value: month });

const spans: readonly Suggestion[] = [
  { label: `week · ${rangeWords.week}`, value: 'week' },
  { label: `month · ${rangeWords.month}`, value: 'month' },
];

/** Limits days, to leave room for months. */
const daysBeforeMonths = 10;

const valuesOf = async (option: Option, request: SuggestionRequest, parts: Parts): Promise<Suggestion[]> => {
  const channelHere = (): Promise<Channel> => parts.channelFor(request);
  if (option.type === 'word') return option.values.map(asIs);
  if (option.type === 'text') return option.offers ? textOffers[option.offers](channelHere, parts) : [];
  if (option.type !== 'date' && option.type !== 'period') return [];
  const dates = (await parts.stores.digests.summaries((await channelHere()).name)).map(({ date }) => date);
  const days = dates.map(dayOf);
  if (option.type === 'date') return days;
  const months = [...new Set(dates.map((date) => date.slice(0, 7)))].map(monthOf);
  return [...spans, ...days.slice(0, daysBeforeMonths), ...months, ...days.slice(daysBeforeMonths)];
};

/** Known values of an option that contain the input. Values that start with it come first. */
export const suggestionsFor = async (request: SuggestionRequest, parts: Parts): Promise<Suggestion[]> => {
  const listed = listedCommands(parts.commands).find(({ path }) => path === request.command);
  const option = listed?.command.options[request.option];
  if (!option) return [];
  const input = fold(unquoted(request.input));
  const begins = ({ value }: Suggestion): boolean => fold(value).startsWith(input);
  const fitting = (await valuesOf(option, request, parts)).filter(({ label }) => fold(label).includes(input));
  return [...fitting.filter(begins), ...fitting.filter((one) => !begins(one))].slice(0, maxSuggestions);
};
