import type { NewChannel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Form } from '../../src/core/form.ts';

/** What was filled into the form, as it was written, and the place that it is about. */
export type HereDraft = { name: string; categories: string; topics: string; timezone: string; destination: string };

type Parts = Pick<CommandContext, 'stores' | 'person' | 'clock' | 'destination'>;

/** A team's first topics, to be written over. */
export const starterTopics = `# What we read

We look for work that changes how language models are built or understood.

## Model Compression

- Relevant: quantization, pruning, distillation, low-rank methods.
- Irrelevant: known methods put to a new task as they are.

## Training

- Relevant: optimizers, pretraining data, scaling laws.
- Irrelevant: finetuning for one domain.

## Keywords

- Relevant: Sparsity, Mixture of Experts (MoE), KV cache
- Irrelevant: Federated Learning
`;

export const hereForm = (draft: Omit<HereDraft, 'destination'>): Form => ({
  title: 'Paperboy in this place',
  intro: 'You see first what the last day would have been; nothing starts before you say so.',
  fields: [
    {
      name: 'name',
      label: 'Name',
      kind: 'line',
      value: draft.name,
      hint: 'One word, such as vision-team',
      required: true,
    },
    {
      ...{ name: 'categories', label: 'arXiv categories', kind: 'line', value: draft.categories, required: true },
      hint: 'Such as cs.LG, cs.AI',
    },
    {
      ...{ name: 'topics', label: 'What you read', kind: 'text', value: draft.topics, required: true },
      hint: 'Topics under headings, each with what is relevant and what is not',
    },
    {
      ...{ name: 'timezone', label: 'Time zone', kind: 'line', value: draft.timezone, required: true },
      hint: 'Such as Europe/Berlin',
    },
  ],
  submit: { label: 'Look at it', command: 'herecheck' },
});

export const settingsOf = ({ name, categories, topics, timezone, destination }: HereDraft): NewChannel => ({
  ...{ name: name.trim(), destination, topics: topics.replace(/\r\n?/g, '\n'), timezone: timezone.trim() },
  categories: categories.split(/[\s,;]+/).filter(Boolean),
});

/** Keeps what was written. @returns the number of the draft. */
export const addHereDraft = async (draft: HereDraft, { stores, person, clock }: Parts): Promise<number> => {
  const at = clock.now().toISOString();
  return (await stores.changes.add({ at, person, channel: undefined, action: 'here-draft', value: draft })).changeId;
};

/** The person's own draft for this place. @throws UserError where there is none, or it was started already. */
export const findHereDraft = async (draftId: number, { stores, person, destination }: Parts): Promise<HereDraft> => {
  const record = (await stores.changes.list(undefined, 'here-draft')).find(
    (one) => one.changeId === draftId && one.person === person,
  );
  if (!record) throw new UserError('You have begun nothing of that number here; type /arxiv here to begin.');
  if (record.value.destination !== destination)
    throw new UserError('You began that in another place; type /arxiv here to begin in this one.');
  if (record.undoneBy !== undefined) throw new UserError('That was started already; type /arxiv status to see it.');
  return record.value;
};
