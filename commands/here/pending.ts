import { channelDefaults, type NewChannel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Form } from '../../src/core/message.ts';
import { papersPerDayField, readPapersPerDay } from '../shared/cutoffs.ts';

export type PendingChannel = {
  name: string;
  categories: string;
  topics: string;
  timezone: string;
  /** Undefined in a pending channel from before it existed. */
  papersPerDay?: string | undefined;
  destination: string;
};

type Context = Pick<CommandContext, 'stores' | 'person' | 'clock' | 'destination'>;

export const starterTopics = `# What we read

We look for work that changes how language models are built or understood.

## Model Compression

- Relevant: quantization, pruning, distillation, low-rank methods.
- Irrelevant: known methods applied unchanged to a new task.

## Training

- Relevant: optimizers, pretraining data, scaling laws.
- Irrelevant: finetuning for one domain.

## Keywords

- Relevant: Sparsity, Mixture of Experts (MoE), KV cache
- Irrelevant: Federated Learning
`;

export const hereForm = (pending: Omit<PendingChannel, 'destination'>, model: string | undefined): Form => ({
  title: 'Set up Paperboy here',
  intro: 'You see a preview before anything starts.',
  fields: [
    {
      ...{ name: 'name', label: 'Name', kind: 'line', value: pending.name, required: true },
      hint: 'One word, such as vision-team',
    },
    {
      ...{ name: 'categories', label: 'arXiv categories', kind: 'line', value: pending.categories, required: true },
      hint: 'Such as cs.LG, cs.AI',
    },
    {
      ...{ name: 'topics', label: 'Topics', kind: 'text', value: pending.topics, required: true },
      hint: 'Topics under headings, each with what is relevant and what is not',
    },
    {
      ...{ name: 'timezone', label: 'Time zone', kind: 'line', value: pending.timezone, required: true },
      hint: 'Such as Europe/Berlin',
    },
    {
      ...{ name: 'papersPerDay', label: 'Papers per day', kind: 'number', required: true },
      value: pending.papersPerDay ?? String(channelDefaults.papersPerDay),
      ...papersPerDayField(channelDefaults.top, model),
    },
  ],
  submit: { label: 'Preview', command: 'herecheck' },
});

export const settingsOf = ({
  name,
  categories,
  topics,
  timezone,
  papersPerDay,
  destination,
}: PendingChannel): NewChannel => ({
  ...{ name: name.trim(), destination, topics: topics.replace(/\r\n?/g, '\n'), timezone: timezone.trim() },
  categories: categories.split(/[\s,;]+/).filter(Boolean),
  papersPerDay: readPapersPerDay(papersPerDay),
});

export const addPending = async (
  pending: PendingChannel,
  { stores, person, clock }: Pick<Context, 'stores' | 'person' | 'clock'>,
): Promise<number> => {
  const at = clock.now().toISOString();
  return (await stores.changes.add({ at, person, channel: undefined, action: 'here-draft', value: pending })).changeId;
};

/**
 * The person's own pending channel for this destination. @throws UserError if there is none, or it has been started.
 */
export const findPending = async (id: number, { stores, person, destination }: Context): Promise<PendingChannel> => {
  const change = (await stores.changes.list(undefined, 'here-draft')).find(
    (one) => one.changeId === id && one.person === person,
  );
  if (!change) throw new UserError('You have no pending channel with this number here. Type /arxiv here to start.');
  if (change.value.destination !== destination)
    throw new UserError('You wrote this for another destination. Type /arxiv here to start in this one.');
  if (change.undoneBy !== undefined)
    throw new UserError('This channel was already started. Type /arxiv status to see it.');
  return change.value;
};
