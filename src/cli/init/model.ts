import { readSampleDay } from '../../../config/sample-day.ts';
import { fileDefaults } from '../../../config/schema.ts';
import { UserError } from '../../core/errors.ts';
import type { Check } from '../../core/platform.ts';
import type { ModelChoice } from '../../setup/models.ts';
import type { Setup } from '../../setup/setup.ts';
import type { Session } from './session.ts';

/** The one in the config file, or the default. */
const modelSet = ({ present }: Setup): string => (present.file ?? fileDefaults).scorer.model;

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

const problemOf = ({ detail, fix }: Check): string => [detail, ...(fix ? [fix] : [])].map(sentence).join(' ');

/** Lets the model score a paper of the previewed day. @returns what is wrong, or undefined after it was accepted */
const accept = async (session: Session, choice: ModelChoice): Promise<string | undefined> => {
  const { setup, draft, prompts, signal } = session;
  const { day } = draft;
  const channel =
    day?.channel ?? setup.previewer.check({ ...draft, name: draft.channel, categories: [...draft.categories] });
  const paper = day?.papers[0] ?? (await readSampleDay()).papers[0]?.paper;
  if (!paper) throw new Error('the sample day has no paper');
  prompts.step(`Letting ${choice.model} score one paper …`);
  const check = await setup.models.check(choice, channel, paper, signal);
  if (!check.ok) return problemOf(check);
  prompts.success(check.detail);
  if (day?.draft) prompts.say(await setup.models.costText(choice, channel, day.draft.date, day.papers));
  const { variables } = setup.present;
  const set = (name: string, value: string | undefined): Record<string, string> =>
    value === undefined || variables[name] === value ? {} : { [name]: value };
  draft.model = choice.model;
  draft.variables = {
    ...draft.variables,
    ...set('OPENAI_BASE_URL', choice.baseUrl),
    ...set('OPENAI_API_KEY', choice.apiKey),
  };
  return undefined;
};

const askModelName = async ({ prompts }: Session, models: readonly string[], initial: string): Promise<string> => {
  if (models.length === 0) return prompts.text({ message: 'Name of the model', initial });
  const first = models.includes(initial) ? [initial, ...models.filter((one) => one !== initial)] : models;
  return prompts.select(
    'Which model?',
    first.map((model) => ({ value: model, label: model })),
  );
};

const urlFault = (value: string): string | undefined =>
  /^https?:\/\/[^\s/]/.test(value.trim()) && URL.canParse(value.trim())
    ? undefined
    : 'Write an address such as http://127.0.0.1:8000/v1.';

const askKey = (session: Session, message: string, isNeeded: boolean): Promise<string> =>
  session.prompts.secret({
    message,
    validate: (value) => (isNeeded && !value.trim() ? 'Paste the key, or press Ctrl-C to stop.' : undefined),
  });

type Source = 'none' | 'keep' | 'openai' | 'url' | `http${string}`;

const askServer = async (session: Session): Promise<Omit<ModelChoice, 'model'> | undefined> => {
  const { setup, prompts } = session;
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: url } = setup.present.variables;
  const local = await setup.models.localServers();
  const source = await prompts.select<Source>('Should a language model score the papers? It is optional', [
    ...(key || url ? [{ value: 'keep' as const, label: `Use the one that is set: ${url || 'OpenAI'}` }] : []),
    ...local.map(({ name, baseUrl, models }) => ({
      value: baseUrl as Source,
      label: `${name} on this machine`,
      hint: `${models.length === 1 ? models[0] : `${models.length} models`}, free`,
    })),
    { value: 'none', label: 'No, use the built-in scorer', hint: 'free; you can add a model later' },
    { value: 'openai', label: 'OpenAI', hint: 'needs an API key; cents a day' },
    { value: 'url', label: 'Another server', hint: 'any OpenAI-compatible API, by its address' },
  ]);
  if (source === 'none') return undefined;
  if (source === 'keep') return { baseUrl: url || undefined, apiKey: key || undefined };
  if (source === 'openai') {
    prompts.say('Make a key at https://platform.openai.com/api-keys; it begins with sk-.');
    return { baseUrl: undefined, apiKey: await askKey(session, 'OpenAI API key', true) };
  }
  if (source !== 'url') return { baseUrl: source, apiKey: undefined };
  const baseUrl = await prompts.text({
    message: 'Address of the server, including /v1',
    placeholder: 'http://127.0.0.1:8000/v1',
    validate: urlFault,
  });
  return { baseUrl, apiKey: (await askKey(session, 'API key (Enter for none)', false)) || undefined };
};

/** An optional language model, accepted once it scored a paper. */
export const chooseModel = async (session: Session): Promise<void> => {
  const { setup, flags, draft, prompts, isInteractive } = session;
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: url } = setup.present.variables;
  const isGiven = flags.model !== undefined || flags.modelUrl !== undefined || flags.openaiKey !== undefined;
  if (isGiven) {
    const choice = {
      model: flags.model ?? draft.model ?? modelSet(setup),
      baseUrl: flags.modelUrl ?? (url || undefined),
      apiKey: flags.openaiKey ?? (key || undefined),
    };
    const problem = await accept(session, choice);
    if (problem === undefined) return;
    if (!isInteractive) throw new UserError(`The language model does not work: ${problem}`);
    prompts.warn(problem);
  }
  while (isInteractive) {
    const server = await askServer(session);
    if (!server) return;
    const models = await setup.models.modelsOf(server);
    const model = await askModelName(session, models, draft.model ?? modelSet(setup));
    const problem = await accept(session, { ...server, model });
    if (problem === undefined) return;
    prompts.warn(problem);
  }
};
