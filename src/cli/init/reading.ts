import { channelNameFault } from '../../../config/values.ts';
import { renderAnswer } from '../../chat/kit/text.ts';
import { UserError } from '../../core/errors.ts';
import { shorten } from '../../core/paper.ts';
import { categoriesFault, nameOfCategory, splitCategories } from '../../setup/categories.ts';
import { allCategoriesUrl, categoryOrigins, channelNameFor, wantedOf } from '../../setup/draft.ts';
import { type Interests, isEmpty, topicsText } from '../../setup/interests.ts';
import type { Session } from './session.ts';

const question = 'What do you want to read? Your own words, or arXiv links of papers you like (Enter twice to finish)';

const maxTitle = 90;

const interestsOf = async ({ setup, prompts }: Session, text: string): Promise<Interests> => {
  const interests = await setup.interests(text);
  for (const { id, title } of interests.liked) prompts.step(`${id}: ${shorten(title, maxTitle)}`);
  for (const fault of interests.faults) prompts.warn(fault);
  return interests;
};

/** Asks until there are words or a readable paper. */
const askInterests = async (session: Session, initial: string): Promise<{ text: string; interests: Interests }> => {
  for (let text = initial; ; ) {
    text = await session.prompts.lines({
      message: question,
      initial: text,
      validate: (value) =>
        value.trim() ? undefined : 'Write what you want to read, such as "quantization and pruning, not surveys".',
    });
    const interests = await interestsOf(session, text);
    if (!isEmpty(interests)) return { text, interests };
    session.prompts.warn('None of these papers could be read. Write a few words instead, or other links.');
  }
};

const askCategories = (session: Session, initial: readonly string[], origin: string): Promise<string> =>
  session.prompts.text({
    message: `arXiv categories${origin}`,
    initial: initial.join(', '),
    placeholder: 'cs.LG, cs.CL',
    validate: (value) => categoriesFault(splitCategories(value)),
  });

const chooseCategories = async (session: Session, interests: Interests): Promise<void> => {
  const { setup, draft, flags, prompts, isInteractive } = session;
  if (flags.categories !== undefined) {
    const written = splitCategories(flags.categories);
    const fault = categoriesFault(written);
    if (fault === undefined) {
      draft.categories = written;
      return;
    }
    if (!isInteractive) throw new UserError(`--categories: ${fault}`);
    prompts.warn(fault);
  }
  if (!isInteractive && draft.categories.length > 0) return;
  const { categories, basis } = await setup.suggestCategories(interests, session.signal);
  if (isInteractive) {
    const known = [...new Set([...draft.categories, ...categories])];
    for (const category of known) prompts.step(`${category}: ${nameOfCategory(category)}`);
    if (known.length === 0) prompts.say(`No category fits these words. All are at ${allCategoriesUrl}`);
    const origin = draft.categories.length > 0 || known.length === 0 ? '' : ` (${categoryOrigins[basis]})`;
    draft.categories = splitCategories(
      await askCategories(session, draft.categories.length > 0 ? draft.categories : categories, origin),
    );
  } else if (categories.length > 0) {
    draft.categories = categories;
    prompts.step(`Categories ${categoryOrigins[basis]}: ${categories.join(', ')}`);
  } else throw new UserError('No category fits these words. Add --categories, such as --categories cs.LG,cs.CL.');
};

export const askPapersPerDay = async ({ prompts, draft }: Session): Promise<void> => {
  const max = draft.maxPapers;
  const fault = `Write a whole number from 1 to ${max}.`;
  const isValid = (value: string): boolean => /^\d+$/.test(value.trim()) && Number(value) >= 1 && Number(value) <= max;
  const answer = await prompts.text({
    message: 'Papers per day, at most',
    initial: String(draft.papersPerDay),
    validate: (value) => (isValid(value) ? undefined : fault),
  });
  draft.papersPerDay = Number(answer);
};

const showPreview = async (session: Session): Promise<void> => {
  const { setup, draft, prompts, signal } = session;
  prompts.step(`Reading the newest papers in ${draft.categories.join(', ')} …`);
  const day = await setup.previewer.preview(wantedOf(setup, draft), signal);
  draft.day = day;
  if (day.sampleReason !== undefined) prompts.warn(`The newest papers could not be read: ${day.sampleReason}`);
  prompts.plain(renderAnswer(day.message));
};

const chooseName = async ({ draft, flags, prompts, isInteractive, setup }: Session, words: string): Promise<void> => {
  if (setup.present.file?.channels.some(({ name }) => name === draft.channel)) return;
  if (flags.channel !== undefined) return;
  draft.channel = channelNameFor(words) ?? draft.channel;
  if (!isInteractive) return;
  draft.channel = await prompts.text({
    message: 'Name of this channel',
    initial: draft.channel,
    validate: (value) => channelNameFault(value.trim()),
  });
};

/** Previews the newest day until the person is satisfied. */
const previewUntilSatisfied = async (session: Session): Promise<void> => {
  const { prompts, draft, isInteractive } = session;
  for (;;) {
    await showPreview(session);
    if (!isInteractive) return;
    const next = await prompts.select('Is this what you want to read?', [
      { value: 'yes', label: 'Yes, go on' },
      { value: 'words', label: 'Change the words' },
      { value: 'papers', label: `Change the number of papers (${draft.papersPerDay} a day)` },
      { value: 'categories', label: `Change the categories (${draft.categories.join(', ')})` },
    ]);
    if (next === 'yes') return;
    if (next === 'papers') await askPapersPerDay(session);
    else if (next === 'categories')
      draft.categories = splitCategories(await askCategories(session, draft.categories, ''));
    else draft.topics = topicsText((await askInterests(session, draft.topics)).interests);
  }
};

/** Asks for categories again and previews. */
export const changeCategories = async (session: Session): Promise<void> => {
  session.draft.categories = splitCategories(await askCategories(session, session.draft.categories, ''));
  await previewUntilSatisfied(session);
};

/** What to read: words or papers, categories, and a preview of the newest day. */
export const chooseReading = async (session: Session): Promise<void> => {
  const { draft, flags, prompts, isInteractive } = session;
  const given = [flags.read, ...(flags.like ?? [])].filter((one) => one !== undefined).join('\n');
  let interests: Interests = given ? await interestsOf(session, given) : { words: draft.topics, liked: [], faults: [] };
  if (given && isEmpty(interests)) {
    if (!isInteractive) throw new UserError('None of the papers of --like could be read. Give others, or add --read.');
    prompts.warn('None of these papers could be read.');
  }
  if (isInteractive && (!given || isEmpty(interests)))
    interests = (await askInterests(session, draft.topics)).interests;
  if (!isEmpty(interests)) draft.topics = topicsText(interests);
  await chooseCategories(session, interests);
  // The name is asked while the papers are fetched.
  session.setup.previewer.prefetch(draft.categories, session.signal);
  await chooseName(session, interests.words);
  await previewUntilSatisfied(session);
};
