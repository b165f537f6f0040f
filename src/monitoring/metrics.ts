import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
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

export type CommandOutcome = 'answered' | 'refused' | 'failed';

export type MetricsParts = MeasureParts & {
  /** The platforms that channels post to, by name. */
  platforms: ReadonlyMap<string, unknown>;
  connected: ReadonlyMap<string, unknown>;
  /** The names of the commands, such as `top` and `topics show`; whatever else people type counts as `unknown`. */
  commands: readonly string[];
  version: string;
};

export type Metrics = {
  contentType: string;
  /** All metrics in Prometheus' text format. @throws What a store throws. */
  read(): Promise<string>;
  commandAnswered(command: string, outcome: CommandOutcome, seconds: number): void;
  /** A vote was given, or taken back. */
  voteReceived(platform: string): void;
};

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

const outcomes: readonly CommandOutcome[] = ['answered', 'refused', 'failed'];

/** From a look into the database to an answer of a model. */
const durationBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 3, 10, 30];

/** What is heard before anybody reads the metrics waits for them; this much, then they are loaded for it. */
const maxWait = 500;

type Client = typeof import('prom-client');

type Instruments = {
  registry: Registry;
  /** By name. */
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
      gauge('paperboy_platform_connected', '1 where the platform is connected.', ['platform']),
      ...(llm ? spendingMeasures : []).map(({ name, help }) => gauge(name, help)),
    ]),
    commands: new client.Counter({
      name: 'paperboy_commands_total',
      help: 'Commands that people gave: answered, refused for what was typed, or failed.',
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
      help: 'Votes that people gave or took back.',
      labelNames: ['platform'],
      registers,
    }),
  };
  // A counter that begins at its first event hides it from `increase`.
  for (const command of [...commands, 'unknown'])
    for (const outcome of outcomes) made.commands.inc({ command, outcome }, 0);
  for (const platform of platforms.keys()) made.votes.inc({ platform }, 0);
  return made;
};

/**
 * What Prometheus reads. Numbers come from the stores when they are read; only commands and votes are counted as they
 * happen. The client and its observers of this process are loaded at the first reading: they take 20 MB.
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

  const hear = (note: (to: Instruments) => void): void => {
    if (instruments) note(instruments);
    else waiting.push(note);
    // Whoever reads next is told why, should it fail.
    if (waiting.length === maxWait) load().catch(() => {});
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
      // Nothing else comes in between, so that two readers do not empty each other's gauges.
      fill(loaded, channels, spending);
      return loaded.registry.metrics();
    },
    commandAnswered(command, outcome, seconds) {
      const name = known.has(command) ? command : 'unknown';
      hear(({ commands, durations }) => {
        commands.inc({ command: name, outcome });
        durations.observe({ command: name }, seconds);
      });
    },
    voteReceived(platform) {
      hear(({ votes }) => votes.inc({ platform }));
    },
  };
};
