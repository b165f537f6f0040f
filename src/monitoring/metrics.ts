import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CommandOutcome } from '../core/command.ts';
import {
  type ChannelReading,
  channelMeasures,
  type MeasureParts,
  readChannels,
  readSpending,
  type Spending,
  secondsOf,
  spendingMeasures,
} from './measures.ts';

export type MetricsParts = MeasureParts & {
  platforms: ReadonlyMap<string, unknown>;
  connected: ReadonlyMap<string, unknown>;
  commands: readonly string[];
  version: string;
};

export type Metrics = {
  contentType: string;
  read(): Promise<string>;
  commandAnswered(command: string, outcome: CommandOutcome, seconds: number): void;
  voteReceived(platform: string): void;
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
};

const createInstruments = (client: Client, { version, commands, platforms, llm }: MetricsParts): Instruments => {
  const registry = new client.Registry();
  const registers = [registry];
  client.collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[] = []): [string, Gauge] => [
    name,
    new client.Gauge({ name, help, labelNames, registers }),
  ];
  const [, buildInfo] = gauge('paperboy_build_info', 'Always 1; the label is the version.', ['version']);
  buildInfo.set({ version }, 1);

  const made: Instruments = {
    registry,
    gauges: new Map([
      gauge('paperboy_channel_last_run_timestamp_seconds', 'When the last run ended, and how.', ['channel', 'status']),
      ...channelMeasures.map(({ name, help }) => gauge(name, help, ['channel'])),
      gauge('paperboy_platform_connected', '1 if the platform is connected.', ['platform']),
      ...(llm ? spendingMeasures : []).map(({ name, help }) => gauge(name, help)),
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
  };
  // If a counter starts with its first event, `increase` misses that event.
  for (const command of [...commands, 'unknown'])
    for (const outcome of outcomes) made.commands.inc({ command, outcome }, 0);
  for (const platform of platforms.keys()) made.votes.inc({ platform }, 0);
  return made;
};

/**
 * Reads numbers from the stores on request; only commands and votes are counted as they happen. prom-client takes 20
 * MB, so it is loaded at the first request.
 */
export const createMetrics = (parts: MetricsParts): Metrics => {
  const { platforms, connected } = parts;
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

  const fill = ({ gauges }: Instruments, channels: readonly ChannelReading[], spending: Spending | undefined): void => {
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
    for (const platform of platforms.keys())
      set('paperboy_platform_connected', connected.has(platform) ? 1 : 0, { platform });
    if (spending) for (const { name, value } of spendingMeasures) set(name, value(spending), {});
  };

  return {
    contentType,
    async read() {
      const loaded = await load();
      const channels = await readChannels(parts);
      const spending = await readSpending(parts);
      // Synchronous from here on, so that two readers do not reset each other's gauges.
      fill(loaded, channels, spending);
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
  };
};
