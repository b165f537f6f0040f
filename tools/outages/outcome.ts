import { z } from 'zod';
import { expectedPapers, type RemoteName } from './remotes.ts';

const digestSchema = z
  .object({
    notices: z.array(z.string()),
    engines: z.array(z.object({ engine: z.string(), papers: z.number() })),
    papers: z.array(
      z.object({
        id: z.string(),
        engine: z.string(),
        reason: z.object({ matches: z.array(z.object({ basis: z.string() })) }),
      }),
    ),
  })
  .transform(({ notices, papers, engines }) => ({
    notices,
    papers: papers.map(({ id }) => id),
    engines: engines.filter((one) => one.papers > 0).map(({ engine }) => engine),
    bases: papers.flatMap(({ reason }) => reason.matches.map(({ basis }) => basis)),
  }));

/** A digest, as its page has it. */
export type Digest = z.infer<typeof digestSchema>;

export const readDigest = (json: unknown): Digest => digestSchema.parse(json);

/** Sentences of each place. `healthz` has names of checks, `log` messages of warnings and errors. */
export type Told = Readonly<
  Record<'chat' | 'admin' | 'status' | 'healthz' | 'doctor' | 'page' | 'log', readonly string[]>
>;

/** A day under a failure. Times are the bot's, in milliseconds, except those that end in `Wall`. */
export type Outcome = {
  remote: RemoteName;
  failure: string;
  title: string;
  /** From the scheduled time to the end of the first run; undefined if it did not end. */
  runMs: number | undefined;
  /** Faulty answers and connections. */
  failedRequests: number;
  /** From the end of the outage until everything is there; undefined if that never was. */
  recoveredMs: number | undefined;
  told: Told;
  doctorMs: number | undefined;
  doctorCode: number | undefined;
  botMb: number | undefined;
  doctorMb: number | undefined;
  during: (Digest & { shown: readonly string[] }) | undefined;
  after: (Digest & { shown: readonly string[]; digests: number }) | undefined;
  /** Secrets that appeared somewhere. */
  leaks: readonly string[];
  crash: string | undefined;
  wallMs: number;
  requests: number;
};

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && new Set([...one, ...other]).size === one.length;

/** What is not as it should be while the remote fails, in a few words. */
export const brokenIn = ({ during }: Pick<Outcome, 'during'>): string[] => {
  if (!during) return ['not posted'];
  const missing = during.papers.filter((id) => !during.shown.includes(id)).length;
  return [
    ...(missing > 0 ? [`${missing} of ${during.papers.length} papers not in chat`] : []),
    ...(during.engines.some((engine) => engine !== 'openai') ? ['built-in scorer'] : []),
    ...(during.bases.includes('name') ? ['authors by name'] : []),
    ...(during.engines.every((engine) => engine === 'openai') && !isSame(during.papers, expectedPapers)
      ? ['other papers']
      : []),
  ];
};

const lights = ['status', 'healthz', 'doctor'] as const;

/** Lights that are green. */
const greenIn = ({ told, doctorCode }: Pick<Outcome, 'told' | 'doctorCode'>): string[] =>
  lights.filter((light) => told[light].length === 0 && (light !== 'doctor' || doctorCode === 0));

const maxMs = 5 * 60_000;
const maxMb = 300;

/** arXiv shows the day before until it announces the next, which is late on some days, and no failure. */
const isLikeLate = ({ remote, failure }: Outcome): boolean => remote === 'arxiv' && failure === 'repeated';

/** Everything that must not be, as sentences. @param idealMs Time of a run without a failure. */
export const faultsOf = (outcome: Outcome, idealMs: number): string[] => {
  const { runMs, botMb = 0, doctorMb = 0, told, leaks, crash, recoveredMs, after } = outcome;
  const broken = isLikeLate(outcome) ? [] : brokenIn(outcome);
  const green = broken.length > 0 ? greenIn(outcome) : [];
  const isSilent = broken.length > 0 && told.chat.length + told.admin.length + told.page.length === 0;
  const twice = after ? after.shown.length - new Set(after.shown).size + after.digests - 1 : 0;
  return [
    ...(runMs === undefined || runMs - idealMs > maxMs ? ['takes more than five minutes'] : []),
    ...(Math.max(botMb, doctorMb) > maxMb ? [`takes ${Math.max(botMb, doctorMb).toFixed(0)} MB`] : []),
    ...green.map((light) => `${light} is green`),
    ...(isSilent ? ['nobody is told'] : []),
    ...leaks.map((name) => `${name} is leaked`),
    ...(crash === undefined ? [] : ['the bot crashes']),
    ...(recoveredMs === undefined ? ['the day is never posted'] : []),
    ...(twice > 0 ? ['posted twice'] : []),
  ];
};
