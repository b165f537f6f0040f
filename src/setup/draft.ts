import { readSampleDay } from '../../config/sample-day.ts';
import { fileDefaults } from '../../config/schema.ts';
import { channelNameFault } from '../../config/values.ts';
import { type Person, platformOf } from '../core/addresses.ts';
import { channelDefaults } from '../core/channel.ts';
import { countOf } from '../core/paper.ts';
import type { Check } from '../core/platform.ts';
import { type SuggestedCategories, termsOf } from './categories.ts';
import type { Choices } from './files.ts';
import type { ModelChoice } from './models.ts';
import type { PreviewedDay, Wanted } from './preview.ts';
import type { Setup } from './setup.ts';

/** What is chosen so far. */
export type Draft = { -readonly [Key in keyof Choices]: Choices[Key] } & {
  day?: PreviewedDay | undefined;
  /** The maximum of `papersPerDay`. */
  maxPapers: number;
};

type Given = { channel?: string; papersPerDay?: number; timezone?: string; schedule?: string; admin?: string[] };

/** What is set for a channel, or the defaults. @param given overrides both; its channel may be new. */
export const draftOf = async (setup: Setup, given: Given): Promise<Draft> => {
  const { file } = setup.present;
  const known =
    given.channel === undefined ? file?.channels[0] : file?.channels.find((one) => one.name === given.channel);
  const channel = known?.name ?? given.channel ?? 'papers';
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    channel,
    topics: (known && (await setup.topics(channel))) ?? '',
    categories: known?.categories ?? [],
    papersPerDay: given.papersPerDay ?? known?.papersPerDay ?? channelDefaults.papersPerDay,
    maxPapers: Math.max(channelDefaults.top, known?.top ?? 0),
    timezone: given.timezone ?? known?.timezone ?? file?.timezone ?? zone,
    schedule: given.schedule ?? known?.schedule ?? file?.schedule ?? fileDefaults.schedule,
    model: undefined,
    post: known?.post.filter((one) => setup.chats.some(({ name }) => name === platformOf(one))) ?? [],
    admins: given.admin ?? [],
    variables: {},
  };
};

export const choicesOf = ({ day: _day, maxPapers: _max, ...choices }: Draft): Choices => choices;

export const categoryOrigins: Readonly<Record<SuggestedCategories['basis'], string>> = {
  'liked papers': 'from the papers you like',
  'papers on arXiv': 'from what arXiv finds for your words',
  names: 'from the names of categories, because arXiv found nothing or cannot be reached',
};

export const allCategoriesUrl = 'https://arxiv.org/category_taxonomy';

/** A name for a channel that reads these words; undefined if they give none. */
export const channelNameFor = (words: string): string | undefined => {
  const name = termsOf(words)[0]
    ?.replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 30);
  return name && channelNameFault(name) === undefined ? name : undefined;
};

/** The draft as a preview needs it, with what `init` does not ask for. */
export const wantedOf = ({ present }: Setup, draft: Draft): Wanted => {
  const { channel: name, categories, topics, timezone, papersPerDay } = draft;
  const known = present.file?.channels.find((one) => one.name === name);
  const { announceTypes, primaryOnly, cutoffs, top } = known ?? {};
  return {
    ...{ name, categories: [...categories], topics, timezone, papersPerDay },
    others: announceTypes && cutoffs && { announceTypes, primaryOnly: primaryOnly ?? false, cutoffs, top: top ?? 0 },
  };
};

/** The model in the config file, or the default. */
export const modelSet = ({ present }: Setup): string => (present.file ?? fileDefaults).scorer.model;

/** The model that would score with the draft; undefined for the built-in scorer. */
export const modelOf = (setup: Setup, { model, variables }: Draft): string | undefined => {
  if (model !== undefined) return model ?? undefined;
  const { file } = setup.present;
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: url } = { ...setup.present.variables, ...variables };
  return (key || url) && file?.scorer.engine !== 'local' ? modelSet(setup) : undefined;
};

/** Whose papers a preview has, if a digest gets them from a model. */
export const previewNote = (setup: Setup, draft: Draft): string | undefined => {
  const model = modelOf(setup, draft);
  return model && `The built-in scorer ranks previews; ${model} picks the papers of a digest.`;
};

/** `problem` is what is wrong, and what to do; `reason` only the former, as a sentence. */
export type Tried = { problem: string; reason: string } | { scored: string; cost: string | undefined };

const sentence = (text: string): string => {
  const isAddress = /^\w+:\/\//.test(text);
  return `${isAddress ? text.charAt(0) : text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
};

const problemOf = ({ detail, fix }: Check): string => [detail, ...(fix ? [fix] : [])].map(sentence).join(' ');

/** Lets a model score a paper of the previewed day, and puts it into the draft if it can. */
export const tryModelFor = async (
  { setup, draft }: { setup: Setup; draft: Draft },
  choice: ModelChoice,
  signal: AbortSignal,
): Promise<Tried> => {
  const { day } = draft;
  const channel = day?.channel ?? setup.previewer.check(wantedOf(setup, draft));
  const paper = day?.papers[0] ?? (await readSampleDay()).papers[0]?.paper;
  if (!paper) throw new Error('the sample day has no paper');
  const check = await setup.models.check(choice, channel, paper, signal);
  if (!check.ok) return { problem: problemOf(check), reason: sentence(check.detail) };
  const { variables } = setup.present;
  const set = (name: string, value: string | undefined): Record<string, string> =>
    value === undefined || variables[name] === value ? {} : { [name]: value };
  draft.model = choice.model;
  draft.variables = {
    ...draft.variables,
    // Empty for OpenAI's own, instead of another server that is set.
    ...set('OPENAI_BASE_URL', choice.baseUrl ?? (variables.OPENAI_BASE_URL ? '' : undefined)),
    ...set('OPENAI_API_KEY', choice.apiKey),
  };
  const date = day?.sampleReason === undefined ? day?.draft?.date : undefined;
  const cost = date && day ? await setup.models.costText(choice, channel, date, day.papers) : undefined;
  return { scored: check.detail, cost };
};

export const modelUrlFault = (value: string): string | undefined =>
  /^https?:\/\/[^\s/]/.test(value.trim()) && URL.canParse(value.trim())
    ? undefined
    : 'Write an address such as http://127.0.0.1:8000/v1.';

/** A token as people paste it: perhaps in quotes, or with the "Bot" of Discord's header before it. */
export const tokenIn = (pasted: string): string =>
  pasted.replace(/^(?:Bot\s|[\s"'`“”„‘’])+/i, '').replace(/[\s"'`“”‘’]+$/, '');

/** Posts to a platform's channel instead of its others. Whoever sets up becomes an admin. */
export const postTo = (
  { setup, draft }: { setup: Setup; draft: Draft },
  chat: {
    name: string;
    destination: string;
    admin: Person | undefined;
    tokens: Readonly<Record<string, string>>;
  },
): void => {
  const { name, destination, admin, tokens } = chat;
  draft.post = [...draft.post.filter((one) => platformOf(one) !== name), destination];
  if (admin !== undefined) draft.admins = [...new Set([...draft.admins, admin])];
  const known = setup.present.variables;
  // Tokens of the environment are not copied.
  const fresh = Object.entries(tokens).filter(([variable, value]) => known[variable] !== value);
  draft.variables = { ...draft.variables, ...Object.fromEntries(fresh) };
};

export const papersText = ({ categories, papersPerDay }: Draft): string =>
  `${categories.join(', ')}, at most ${countOf(papersPerDay, 'paper')} a day`;
