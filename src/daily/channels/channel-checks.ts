import type { Channel, ChannelChange, NewChannel } from '../../core/channel.ts';
import { UserError } from '../../core/errors.ts';

/** Each looks at a value as the config file would, and says what to write instead; undefined where nothing is wrong. */
export type Validators = {
  name(name: string): string | undefined;
  schedule(schedule: string): string | undefined;
  category(category: string): string | undefined;
  timezone(timezone: string): string | undefined;
};

/** A topics file of a real team has some 3,000 characters; a prompt with many more would cost in every call. */
const maxTopicsLength = 20_000;
const maxAuthors = 200;

const sentence = (what: string, problem: string): string =>
  `${what}: ${problem}`.replace(/^\p{Ll}/u, (first) => first.toUpperCase()).replace(/[^.!?"]$/, '$&.');

const refuse = (what: string, problem: string | undefined): void => {
  if (problem) throw new UserError(sentence(what, problem));
};

const checkTopics = (topics: string): void => {
  if (!topics.trim())
    throw new UserError('The topics are empty: write what the channel reads, such as "1. Model compression".');
  if (topics.length > maxTopicsLength)
    throw new UserError(
      `The topics have ${topics.length.toLocaleString('en-US')} characters: write at most ${maxTopicsLength.toLocaleString('en-US')}.`,
    );
};

const isBand = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 10;

const checkAuthors = (authors: Channel['authors']): void => {
  if (authors.length > maxAuthors)
    throw new UserError(`A channel follows at most ${maxAuthors} authors: unfollow one first.`);
  const seen = new Set<string>();
  for (const { name, semanticScholarId } of authors) {
    if (!name.trim()) throw new UserError('An author needs a name: write it as it stands on papers.');
    if (semanticScholarId !== undefined && !/^\d+$/.test(semanticScholarId))
      throw new UserError(
        `"${semanticScholarId}" is no author's id: write the number in the address of the author's page.`,
      );
    const key = semanticScholarId ?? name.trim().toLowerCase();
    if (seen.has(key)) throw new UserError(`${name} is followed already; see the list with: following`);
    seen.add(key);
  }
};

/** @throws UserError where the values of a change cannot be. */
export const checkChange = (change: ChannelChange, validate: Validators): void => {
  switch (change.kind) {
    case 'topics':
      checkTopics(change.topics);
      if (!isBand(change.cutoffs.relevance) || !isBand(change.cutoffs.novelty))
        throw new UserError('Write whole numbers from 1 to 10 for the least relevance and novelty.');
      return;
    case 'schedule':
      refuse('The schedule', validate.schedule(change.schedule));
      return;
    case 'pause':
      return;
    case 'authors':
      checkAuthors(change.authors);
      return;
  }
};

/** The part of an address that names the place in its short and its full form alike. */
const shortForm = (address: string): string => {
  const parts = address.trim().split(':');
  return parts.length < 2 ? address.trim() : `${parts[0]}:${parts.at(-1)}`;
};

/** True where two addresses may be one: the same, or one of them without the team. */
const samePlace = (one: string, other: string): boolean =>
  one.trim() === other.trim() ||
  (shortForm(one) === shortForm(other) && one.split(':').length !== other.split(':').length);

/** @throws UserError where a new channel cannot be, or its place or name is taken. */
export const checkNewChannel = (settings: NewChannel, channels: readonly Channel[], validate: Validators): void => {
  const { name, destination, categories, topics, timezone } = settings;
  const owner = channels.find(({ post }) => post.some((written) => samePlace(written, destination)));
  if (owner)
    throw new UserError(
      `This place belongs to the channel ${owner.name} already: change that one, with topics edit or schedule.`,
    );
  refuse('The name', validate.name(name));
  if (channels.some((other) => other.name.toLowerCase() === name.toLowerCase()))
    throw new UserError(`There is a channel ${name} already: write another name.`);
  if (categories.length === 0) throw new UserError('Name at least one arXiv category, such as cs.LG.');
  for (const category of categories) refuse('The categories', validate.category(category));
  refuse('The time zone', validate.timezone(timezone));
  checkTopics(topics);
};
