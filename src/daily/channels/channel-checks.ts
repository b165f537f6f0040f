import { isAddressOf } from '../../core/addresses.ts';
import { nameKey } from '../../core/author.ts';
import { type Channel, type ChannelChange, channelDefaults, type NewChannel } from '../../core/channel.ts';
import { UserError } from '../../core/errors.ts';
import { muteFault } from '../../core/mute.ts';
import { grouped } from '../../core/paper.ts';

/**
 * Each returns what is wrong with a value and what to write instead, as in config errors; undefined if the value is
 * valid.
 */
export type Validators = {
  name(name: string): string | undefined;
  schedule(schedule: string): string | undefined;
  category(category: string): string | undefined;
  timezone(timezone: string): string | undefined;
};

/** Real topics files have about 3,000 characters, and every model call pays for the whole file. */
const maxTopicsLength = 20_000;
const maxAuthors = 200;

const sentence = (what: string, problem: string): string =>
  `${what}: ${problem}`.replace(/^\p{Ll}/u, (first) => first.toUpperCase()).replace(/[^.!?"]$/, '$&.');

const refuse = (what: string, problem: string | undefined): void => {
  if (problem) throw new UserError(sentence(what, problem));
};

const checkLength = (topics: string): void => {
  if (topics.length > maxTopicsLength)
    throw new UserError(
      `The topics have ${grouped(topics.length)} characters. Enter at most ${grouped(maxTopicsLength)}.`,
    );
};

const checkTopics = (topics: string): void => {
  if (!topics.trim())
    throw new UserError('The topics are empty. Enter what the channel reads, such as "1. Model compression".');
  checkLength(topics);
};

const isBand = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 10;

const checkPapersPerDay = (value: number | undefined, top: number): void => {
  if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= top))
    throw new UserError(`Enter a whole number from 1 to ${top} as papers per day.`);
};

const checkAuthors = (authors: Channel['authors']): void => {
  if (authors.length > maxAuthors)
    throw new UserError(`A channel can follow ${maxAuthors} authors. Unfollow one first.`);
  const seen = new Set<string>();
  for (const { name, semanticScholarId } of authors) {
    if (!name.trim()) throw new UserError('The author’s name is missing. Enter it as it appears on papers.');
    if (semanticScholarId !== undefined && !/^\d+$/.test(semanticScholarId))
      throw new UserError(
        `"${semanticScholarId}" is not an author id. Enter the number in the address of the author's page.`,
      );
    const key = semanticScholarId ?? nameKey(name);
    if (seen.has(key)) throw new UserError(`${name} is already followed. See /arxiv following for the list.`);
    seen.add(key);
  }
};

/** @throws UserError if a value is invalid. */
export const checkChange = (change: ChannelChange, { top }: Pick<Channel, 'top'>, validate: Validators): void => {
  switch (change.kind) {
    case 'topics':
      checkTopics(change.topics);
      if (!isBand(change.cutoffs.relevance) || !isBand(change.cutoffs.novelty))
        throw new UserError('Enter whole numbers from 1 to 10 as cutoffs for relevance and novelty.');
      checkPapersPerDay(change.papersPerDay, top);
      return;
    case 'schedule':
      refuse('The schedule', validate.schedule(change.schedule));
      return;
    case 'pause':
    case 'summary':
      return;
    case 'authors':
      checkAuthors(change.authors);
      return;
    case 'mute':
      refuse('The muted words', muteFault(change.muted));
      return;
    case 'expansion':
      checkLength(change.text);
      return;
  }
};

/** @throws UserError if a value is invalid, or the destination or name is taken. */
export const checkNewChannel = (settings: NewChannel, channels: readonly Channel[], validate: Validators): void => {
  const { name, destination, categories, topics, timezone, papersPerDay } = settings;
  const owner = channels.find(({ post }) => post.some((written) => isAddressOf(written, destination)));
  if (owner)
    throw new UserError(
      `The channel ${owner.name} already posts here. Change it with /arxiv topics edit or /arxiv schedule.`,
    );
  refuse('The name', validate.name(name));
  if (channels.some((other) => other.name.toLowerCase() === name.toLowerCase()))
    throw new UserError(`There is already a channel named ${name}. Enter another name.`);
  if (categories.length === 0) throw new UserError('Enter at least one arXiv category, such as cs.LG.');
  for (const category of categories) refuse('The categories', validate.category(category));
  refuse('The time zone', validate.timezone(timezone));
  checkTopics(topics);
  checkPapersPerDay(papersPerDay, channelDefaults.top);
};
