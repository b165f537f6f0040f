import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CallLimiterState } from '../core/call-limiter.ts';
import type { CommandOutcome } from '../core/command.ts';
import { addDays, arxivTimeZone, dateIn } from '../core/dates.ts';
import type { HealthRecord } from '../core/health.ts';
import { resendDays } from '../core/run.ts';
import type { Stores } from '../core/stores.ts';
import type { FailedRun, Work } from '../core/work.ts';
import type { HealthModel } from './health-model.ts';
import {
  type ChannelReading,
  channelMeasures,
  healthMeasures,
  type ModelUse,
  modelMeasures,
  secondsOf,
} from './measures.ts';
import { type ChannelStateParts, readChannelStates } from './status.ts';

type MeasureParts = Omit<ChannelStateParts, 'stores'> & {
  stores: Pick<Stores, 'runs' | 'digests' | 'outbox' | 'ledger'>;
  /** Undefined without a language model. `dayStart` is the simulated time at which the budget's day began, ISO 8601. */
  llm: { dailyBudgetUsd: number; dayStart: () => string; calls: () => CallLimiterState } | undefined;
  now: () => Date;
};

const readChannels = async (parts: MeasureParts): Promise<ChannelReading[]> => {
  const { channels, stores, now } = parts;
  const since = addDays(dateIn(now(), arxivTimeZone), -resendDays);
  const states = await readChannelStates(
    channels.map(({ name }) => name),
    parts,
  );
  const paused = new Set(channels.flatMap(({ name, isPaused }) => (isPaused ? [name] : [])));
  const unsent = await stores.outbox.unsentOf(new Map(channels.map(({ name }) => [name, since])));
  return states.map((state) => {
    const { channel } = state;
    return { ...state, unsent: unsent.get(channel) ?? 0, isPaused: paused.has(channel) };
  });
};

const readModelUse = async ({ llm, stores }: Pick<MeasureParts, 'llm' | 'stores'>): Promise<ModelUse | undefined> => {
  if (!llm) return undefined;
  const dayStart = llm.dayStart();
  const spentUsd = await stores.ledger.spent(dayStart);
  return { ...(await stores.ledger.tokens(dayStart)), ...llm.calls(), spentUsd, dailyBudgetUsd: llm.dailyBudgetUsd };
};

export type MetricsParts = MeasureParts & {
  platforms: ReadonlyMap<string, unknown>;
  connected: ReadonlyMap<string, unknown>;
  deaf: ReadonlyMap<string, unknown>;
  health: Pick<HealthModel, 'list'>;
  commands: readonly string[];
  version: string;
  /** Runs that processes on one database gave up. Not set if there is one process. */
  failedRuns?: Work['failed'] | undefined;
};

type Metrics = {
  contentType: string;
  read(): Promise<string>;
  commandAnswered(command: string, outcome: CommandOutcome, seconds: number): void;
  voteReceived(platform: string): void;
  doubleRemoved(platform: string): void;
};

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

const outcomes: readonly CommandOutcome[] = ['answered', 'refused', 'failed'];

/** In seconds, from a database read to a language model call. */
const durationBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 3, 10, 30];

/** Events wait until the metrics are read. After this many, prom-client is loaded anyway. */
const maxWaiting = 500;

type Client = typeof import('prom-client');

type Instruments = {
  registry: Registry;
  gauges: ReadonlyMap<string, Gauge>;
  commands: Counter;
  durations: Histogram;
  votes: Counter;
  doubles: Counter;
};

let processRegistry: Registry | undefined;

/** One for the whole process, because prom-client never stops measuring it, which takes 400 KB each time. */
const registryOfProcess = (client: Client): Registry => {
  if (!processRegistry) {
    processRegistry = new client.Registry();
    client.collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
};

const createInstruments = (
  client: Client,
  { version, commands, platforms, llm, failedRuns }: MetricsParts,
): Instruments => {
  const own = new client.Registry();
  const registers = [own];
  const gauge = (name: string, help: string, labelNames: string[] = []): [string, Gauge] => [
    name,
    new client.Gauge({ name, help, labelNames, registers }),
  ];
  const [, buildInfo] = gauge('paperboy_build_info', 'Always 1; the label is the version.', ['version']);
  buildInfo.set({ version }, 1);

  const made: Omit<Instruments, 'registry'> = {
    gauges: new Map([
      gauge('paperboy_channel_last_run_timestamp_seconds', 'When the last run ended, and how.', ['channel', 'status']),
      ...channelMeasures.map(({ name, help }) => gauge(name, help, ['channel'])),
      ...healthMeasures.map(({ name, help }) => gauge(name, help, ['check'])),
      gauge('paperboy_platform_connected', '1 if Paperboy can post to the platform and receives from it.', [
        'platform',
      ]),
      ...(failedRuns
        ? [gauge('paperboy_failed_runs', 'Runs that were given up after five attempts.', ['channel'])]
        : []),
      ...(llm ? modelMeasures : []).map(({ name, help }) => gauge(name, help)),
    ]),
    commands: new client.Counter({
      name: 'paperboy_commands_total',
      help: 'Commands by outcome: answered, refused because of their input, or failed.',
      labelNames: ['command', 'outcome'],
      registers,
    }),
    durations: new client.Histogram({
      name: 'paperboy_command_duration_seconds',
      help: 'How long a command took.',
      labelNames: ['command'],
      buckets: durationBuckets,
      registers,
    }),
    votes: new client.Counter({
      name: 'paperboy_votes_heard_total',
      help: 'Votes given or removed.',
      labelNames: ['platform'],
      registers,
    }),
    doubles: new client.Counter({
      name: 'paperboy_double_messages_total',
      help: 'Messages of digests that were posted twice and removed.',
      labelNames: ['platform'],
      registers,
    }),
  };
  // If a counter starts with its first event, `increase` misses that event.
  for (const command of [...commands, 'unknown'])
    for (const outcome of outcomes) made.commands.inc({ command, outcome }, 0);
  for (const platform of platforms.keys())
    for (const counter of [made.votes, made.doubles]) counter.inc({ platform }, 0);
  return { ...made, registry: client.Registry.merge([registryOfProcess(client), own]) };
};

/**
 * Reads numbers from the stores on request; only commands, votes and doubles are counted as they happen. prom-client takes 20
 * MB, so it is loaded at the first request.
 */
export const createMetrics = (parts: MetricsParts): Metrics => {
  const { platforms, connected, deaf, health } = parts;
  const known = new Set(parts.commands);
  let instruments: Instruments | undefined;
  let loading: Promise<Instruments> | undefined;
  const waiting: ((to: Instruments) => void)[] = [];

  const load = (): Promise<Instruments> => {
    loading ??= import('prom-client').then((client) => {
      const made = createInstruments(client, parts);
      instruments = made;
      for (const note of waiting.splice(0)) note(made);
      return made;
    });
    return loading;
  };

  const count = (note: (to: Instruments) => void): void => {
    if (instruments) note(instruments);
    else waiting.push(note);
    // If loading fails, the next reader gets the error.
    if (waiting.length === maxWaiting) load().catch(() => {});
  };

  const fill = (
    { gauges }: Instruments,
    channels: readonly ChannelReading[],
    modelUse: ModelUse | undefined,
    records: readonly HealthRecord[],
    failed: readonly FailedRun[],
  ): void => {
    for (const gauge of gauges.values()) gauge.reset();
    const set = (name: string, value: number | undefined, labels: Record<string, string>): void => {
      if (value !== undefined) gauges.get(name)?.set(labels, value);
    };
    for (const reading of channels) {
      const { channel, lastRun } = reading;
      if (lastRun)
        set('paperboy_channel_last_run_timestamp_seconds', secondsOf(lastRun.endedAt), {
          channel,
          status: lastRun.status,
        });
      for (const { name, value } of channelMeasures) set(name, value(reading), { channel });
    }
    for (const record of records)
      for (const { name, value } of healthMeasures) set(name, value(record), { check: record.subject });
    for (const { channel } of failed) gauges.get('paperboy_failed_runs')?.inc({ channel });
    for (const platform of platforms.keys())
      set('paperboy_platform_connected', connected.has(platform) && !deaf.has(platform) ? 1 : 0, { platform });
    if (modelUse) for (const { name, value } of modelMeasures) set(name, value(modelUse), {});
  };

  return {
    contentType,
    async read() {
      const loaded = await load();
      const channels = await readChannels(parts);
      const modelUse = await readModelUse(parts);
      const records = await health.list();
      const failed = (await parts.failedRuns?.()) ?? [];
      // Synchronous from here on, so that two readers do not reset each other's gauges.
      fill(loaded, channels, modelUse, records, failed);
      return loaded.registry.metrics();
    },
    commandAnswered(command, outcome, seconds) {
      const name = known.has(command) ? command : 'unknown';
      count(({ commands, durations }) => {
        commands.inc({ command: name, outcome });
        durations.observe({ command: name }, seconds);
      });
    },
    voteReceived(platform) {
      count(({ votes }) => votes.inc({ platform }));
    },
    doubleRemoved(platform) {
      count(({ doubles }) => doubles.inc({ platform }));
    },
  };
};
