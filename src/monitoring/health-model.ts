import { type PlatformName, platformOf } from '../core/addresses.ts';
import type { Channel } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import {
  doctorFix,
  type HealthFailure,
  type HealthRecord,
  type HealthReports,
  type HealthStore,
  type HealthSubject,
} from '../core/health.ts';
import type { Logger } from '../core/logger.ts';
import type { PlatformDescriptor } from '../core/platform.ts';

type HealthChannel = Pick<Channel, 'name' | 'isPaused' | 'post' | 'authors' | 'minHIndex'>;

/** What is in use now. Reports about anything else are kept but not shown. */
export type HealthView = {
  channels(): readonly HealthChannel[];
  hasModel: boolean;
  /** True if the database is copied every night. */
  hasBackups: boolean;
  /** Platforms that Paperboy posts to or listens to. */
  platforms(): Iterable<PlatformName>;
  descriptors: readonly Pick<PlatformDescriptor, 'name' | 'label'>[];
};

export type HealthModelParts = {
  store: HealthStore;
  view: HealthView;
  clock: Pick<Clock, 'now'>;
  logger: Pick<Logger, 'error'>;
};

/** Something that fails now. `since` is simulated time, ISO 8601 in UTC. */
export type HealthProblem = { subject: HealthSubject; text: string; fix: string; since: string };

export type HealthModel = HealthReports & {
  view: HealthView;
  /** Differs after every report that could not be stored. */
  version(): number;
  /** What is in use and was reported at least once. */
  list(): Promise<HealthRecord[]>;
  /** What fails now, worst first; for one channel, only what it needs. */
  problems(channel?: string): Promise<HealthProblem[]>;
};

export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The subject's kind, and the platform or channel that it is about. */
const partsOf = (subject: HealthSubject): { kind: string; about: string } => {
  const [, kind = subject, about = ''] = /^(\S+) (.*)$/s.exec(subject) ?? [];
  return { kind, about };
};

type Wording = { name(about: string): string; problem(about: string): string };

const wordings: Readonly<Record<string, Wording>> = {
  database: { name: () => 'The database', problem: () => 'The database does not work' },
  platform: { name: (label) => label, problem: (label) => `${label} is not connected` },
  listening: {
    name: (label) => `Listening on ${label}`,
    problem: (label) => `${label} delivers no commands or votes`,
  },
  arxiv: { name: () => 'arXiv', problem: () => 'arXiv cannot be read' },
  channel: { name: (name) => name, problem: (name) => `The last run of ${name} is not complete` },
  announcements: {
    name: (name) => `${name}’s supply of papers`,
    problem: (name) => `${name} gets no new papers`,
  },
  model: { name: () => 'The language model’s server', problem: () => 'The language model cannot be used' },
  scoring: {
    name: () => 'The language model',
    problem: () => 'The built-in scorer is used, because the language model fails',
  },
  backup: { name: () => 'The nightly backup', problem: () => 'The last backup of the database failed' },
  authors: {
    name: () => 'Semantic Scholar',
    problem: () => 'Authors are matched by name',
  },
};

const order = Object.keys(wordings);

const isUnreached = (reason: string): boolean => /^(?:Cannot reach|The proxy) /.test(reason);

/** Some reasons are whole sentences that name the subject. */
const problemText = (kind: string, problem: string, reason: string): string => {
  if (kind === 'channel') return sentence(`${problem}${isUnreached(reason) ? '. ' : ': '}${reason}`);
  return sentence(
    isUnreached(reason) || (kind === 'arxiv' && reason.startsWith('arXiv')) ? reason : `${problem}: ${reason}`,
  );
};

const labelled = (subject: HealthSubject, { descriptors }: HealthView): { kind: string; about: string } => {
  const { kind, about } = partsOf(subject);
  if (kind !== 'platform' && kind !== 'listening') return { kind, about };
  return { kind, about: descriptors.find(({ name }) => name === about)?.label ?? about };
};

/** The name of a subject at the beginning of a sentence. */
export const healthName = (subject: HealthSubject, view: HealthView): string => {
  const { kind, about } = labelled(subject, view);
  return wordings[kind]?.name(about) ?? subject;
};

/** The channels that need the subject. */
export const channelsNeeding = (
  subject: HealthSubject,
  { channels, hasModel, hasBackups }: HealthView,
): HealthChannel[] => {
  const { kind, about } = partsOf(subject);
  return channels().filter(({ name, isPaused, post, authors, minHIndex }) => {
    switch (kind) {
      case 'arxiv':
      case 'database':
        return true;
      case 'platform':
      case 'listening':
        return post.some((address) => platformOf(address) === about);
      case 'model':
      case 'scoring':
        return hasModel;
      case 'backup':
        return hasBackups;
      case 'authors':
        return authors.length > 0 || minHIndex > 0;
      default:
        return name === about && !isPaused;
    }
  });
};

const isUsed = (subject: HealthSubject, view: HealthView): boolean => {
  const { kind, about } = partsOf(subject);
  if (kind === 'platform' || kind === 'listening') return [...view.platforms()].includes(about);
  return channelsNeeding(subject, view).length > 0;
};

/**
 * The one model of what works. Steps report to it; status, doctor, `/healthz`, metrics, pages and admins read it. It is
 * stored, so it is the same after a restart. Reports that cannot be stored are kept until they can.
 */
export const createHealthModel = ({ store, view, clock, logger }: HealthModelParts): HealthModel => {
  const unstored = new Map<HealthSubject, HealthRecord>();
  let changes = 0;

  const keep = (subject: HealthSubject, at: string, failure: HealthFailure | undefined): void => {
    const before = unstored.get(subject);
    changes += 1;
    unstored.set(subject, {
      subject,
      lastSuccess: failure ? before?.lastSuccess : at,
      lastFailure: failure ? { ...failure, at } : before?.lastFailure,
      failingSince: failure ? (before?.failingSince ?? at) : undefined,
      announcedSince: before?.announcedSince,
    });
  };

  const report = async (subject: HealthSubject, failure: HealthFailure | undefined): Promise<void> => {
    const at = clock.now().toISOString();
    try {
      await (failure ? store.failed(subject, failure, at) : store.worked(subject, at));
      unstored.delete(subject);
      if (unstored.delete('database')) await store.worked('database', at);
    } catch (error) {
      logger.error({ subject, reason: errorText(error) }, 'health not stored');
      keep(subject, at, failure);
      keep('database', at, { reason: errorText(error), fix: doctorFix });
    }
  };

  const list = async (): Promise<HealthRecord[]> => {
    const stored = await store.list().catch((error: unknown) => {
      keep('database', clock.now().toISOString(), { reason: errorText(error), fix: doctorFix });
      return [];
    });
    const all = [...stored.filter(({ subject }) => !unstored.has(subject)), ...unstored.values()];
    return all.filter(({ subject }) => isUsed(subject, view)).sort((a, b) => (a.subject < b.subject ? -1 : 1));
  };

  return {
    view,
    version: () => changes,
    worked: (subject) => report(subject, undefined),
    failed: (subject, failure) => report(subject, failure),
    list,
    async problems(channel) {
      const isNeeded = ({ subject }: HealthRecord): boolean =>
        channel === undefined || channelsNeeding(subject, view).some(({ name }) => name === channel);
      const rank = ({ subject }: HealthRecord): number => order.indexOf(partsOf(subject).kind);
      const failing = (await list()).filter(isNeeded).sort((a, b) => rank(a) - rank(b));
      const reasonOf = ({ failingSince, lastFailure }: HealthRecord) =>
        failingSince !== undefined && lastFailure && isUnreached(lastFailure.reason) ? lastFailure.reason : undefined;
      const isAboutRun = ({ subject }: HealthRecord): boolean => partsOf(subject).kind === 'channel';
      const shown = new Set(failing.filter((record) => !isAboutRun(record)).map(reasonOf));
      shown.delete(undefined);
      return failing
        .filter((record) => !isAboutRun(record) || !shown.has(reasonOf(record)))
        .flatMap(({ subject, lastFailure, failingSince }) => {
          if (failingSince === undefined || !lastFailure) return [];
          const { kind, about } = labelled(subject, view);
          const text = problemText(kind, wordings[kind]?.problem(about) ?? subject, lastFailure.reason);
          return [{ subject, text, fix: sentence(lastFailure.fix), since: failingSince }];
        });
    },
  };
};
