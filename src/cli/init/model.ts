import { UserError } from '../../core/errors.ts';
import { modelSet, modelUrlFault, tryModelFor } from '../../setup/draft.ts';
import type { ModelChoice } from '../../setup/models.ts';
import type { Session } from './session.ts';

/** Lets the model score a paper of the previewed day. @returns what is wrong, or undefined after it was accepted */
const accept = async (session: Session, choice: ModelChoice): Promise<string | undefined> => {
  session.prompts.step(`Letting ${choice.model} score one paper …`);
  const tried = await tryModelFor(session, choice, session.signal);
  if ('problem' in tried) return tried.problem;
  session.prompts.success(tried.scored);
  if (tried.cost) session.prompts.say(tried.cost);
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
    validate: modelUrlFault,
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
    if (!server) {
      if (key || url) draft.model = null;
      return;
    }
    const models = await setup.models.modelsOf(server);
    const model = await askModelName(session, models, draft.model ?? modelSet(setup));
    const problem = await accept(session, { ...server, model });
    if (problem === undefined) return;
    prompts.warn(problem);
  }
};
