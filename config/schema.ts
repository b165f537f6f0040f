import { z } from 'zod';
import { channelDefaults, maxPapersPerDay, recapSpans } from '../src/core/channel.ts';
import { digestStyles } from '../src/core/digest.ts';
import { muteFault } from '../src/core/mute.ts';
import { announceTypes } from '../src/core/paper.ts';
import { engines } from '../src/core/score.ts';
import { category } from './category.ts';
import { complain, oneOf, quote, write } from './problems.ts';
import { channelNameFault, cron, keptTime, network, text, timeZone, webSecret, wholeNumber } from './values.ts';

const group = write('a group of keys');

const engineNames = ['auto', ...engines] as const;

const recallFault = write('the share of picks to keep, from 0.5 to 0.995, such as 0.98');

const recall = z.number(recallFault).min(0.5, recallFault).max(0.995, recallFault);

/** Null if it is off. YAML 1.1 reads `off` as false. */
const orOff = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === 'off' || value === false ? null : value), schema.nullable());

const prefilter = orOff(
  z.strictObject({ targetRecall: recall.default(0.98) }, write('off, or { targetRecall: 0.98 }')),
);

const batchForm = 'auto, off, or { maxWaitMinutes: 60 }';

const batch = orOff(
  z.union(
    [z.literal('auto'), z.strictObject({ maxWaitMinutes: wholeNumber(20, 720).default(60) }, write(batchForm))],
    write(batchForm),
  ),
);

const backup = orOff(
  z.strictObject(
    {
      keep: z
        .strictObject({ daily: wholeNumber(1, 366).default(7), weekly: wholeNumber(0, 520).default(4) }, group)
        .prefault({}),
    },
    write('off, or { keep: { daily: 7, weekly: 4 } }'),
  ),
);

const retention = z.strictObject(
  { papers: keptTime.default('forever') },
  write('{ papers: 2 years }, or leave it out'),
);

const scorer = z.strictObject(
  {
    engine: z.enum(engineNames, oneOf(engineNames)).default('auto'),
    model: text('the name of a model, such as gpt-4o-mini').default('gpt-4o-mini'),
    batchSize: wholeNumber(1, 50).default(36),
    concurrency: wholeNumber(1, 32).optional(),
    timeoutSeconds: wholeNumber(10, 3600).default(120),
    dailyBudgetUsd: z.number(write('an amount in US dollars such as 1.00; 0 for none')).min(0).default(1),
    prefilter: prefilter.default({ targetRecall: 0.98 }),
    repeat: wholeNumber(0, 3).default(0),
    batch: batch.default('auto'),
  },
  group,
);

const cutoffs = z.strictObject(
  {
    relevance: wholeNumber(1, 10).default(channelDefaults.cutoffs.relevance),
    novelty: wholeNumber(1, 10).default(channelDefaults.cutoffs.novelty),
  },
  group,
);

const author = z.strictObject(
  {
    name: text('the name as it appears on papers'),
    // YAML reads an unquoted id as a number.
    semanticScholarId: z
      .union(
        [text('the id').regex(/^\d+$/), z.int().positive().transform(String)],
        write('the number in the address of the author’s page, in quotes'),
      )
      .optional(),
  },
  write('{ name: …, semanticScholarId: … }'),
);

// consistency.ts checks addresses, because their rules depend on the platform.
const person = text('a person such as slack:U01ALICE');
const destination = text('an address such as slack:C01GEN or web');

const people = z.array(person, write('a list of people, such as [slack:U01ALICE]'));

const muted = z.array(
  text('a word or a phrase'),
  write('a list of words and phrases, such as [blockchain, smart contracts]'),
);

const mute = muted.refine((all) => muteFault(all) === undefined, {
  error: ({ input }) => muteFault(muted.parse(input)),
});

const recap = z.enum(recapSpans, oneOf(recapSpans));

const digest = z.strictObject(
  {
    style: z.enum(digestStyles, oneOf(digestStyles)).default(channelDefaults.digestStyle),
    summary: z.boolean(write('true or false')).default(channelDefaults.digestSummary),
  },
  group,
);

const channel = z.strictObject(
  {
    name: text('a name such as foundations').refine(
      (name) => channelNameFault(name) === undefined,
      complain((name) => `${quote(name)} is not a valid name; ${channelNameFault(name)}`),
    ),
    timezone: timeZone.optional(),
    schedule: cron.optional(),
    language: text('a language such as English').optional(),
    post: z.array(destination, write('a list of addresses, such as [web, slack:C01GEN]')).min(1),
    categories: z.array(category, write('a list of arXiv categories, such as [cs.LG, cs.AI]')).min(1),
    announceTypes: z
      .array(z.enum(announceTypes, oneOf(announceTypes)), write(`a list with any of ${announceTypes.join(', ')}`))
      .min(1)
      .default([...channelDefaults.announceTypes]),
    primaryOnly: z.boolean(write('true or false')).default(channelDefaults.primaryOnly),
    topics: text('the path of a Markdown file that says what the team reads, such as topics/foundations.md'),
    criteria: text('the path of a Markdown file, or leave it out for the built-in criteria').optional(),
    cutoffs: cutoffs.prefault({}),
    papersPerDay: wholeNumber(1, maxPapersPerDay).default(channelDefaults.papersPerDay),
    top: wholeNumber(1, maxPapersPerDay).default(channelDefaults.top),
    authors: z.array(author, write('a list such as [{ name: Ada Example }]')).default([]),
    minHIndex: wholeNumber(0, 300).default(channelDefaults.minHIndex),
    mute: mute.default([...channelDefaults.mute]),
    groupByTopic: z.boolean(write('true or false')).default(channelDefaults.groupByTopic),
    digest: digest.prefault({}),
    managers: people.default([]),
    recap: recap.optional(),
    linkCards: z.boolean(write('true or false')).default(channelDefaults.linkCards),
  },
  group,
);

const web = z.strictObject(
  {
    secret: webSecret,
    publicReading: z.boolean(write('true or false')).default(false),
    trustedProxies: z.array(network, write('a list of proxies, such as [127.0.0.1, 10.0.0.0/8]')).default([]),
  },
  // The value is not quoted, because it may be the secret.
  { error: () => 'is not a group of keys; write { publicReading: true }, or leave it out' },
);

export const fileSchema = z.strictObject(
  {
    timezone: timeZone.default('America/New_York'),
    schedule: cron.default('0 9 * * 1-5'),
    language: text('a language such as English').default('English'),
    scorer: scorer.prefault({}),
    admins: people.default([]),
    channels: z.array(channel, write('a list with one group of keys per channel')).min(1),
    web: web.prefault({}),
    backup: backup.prefault({}),
    retention: retention.prefault({}),
    managers: people.default([]),
    recap: recap.optional(),
  },
  write('keys such as channels:'),
);

export type ConfigFile = z.infer<typeof fileSchema>;

/** What a file without these keys means. */
export const fileDefaults = fileSchema.omit({ channels: true }).parse({});
