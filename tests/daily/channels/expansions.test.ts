import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Channel } from '../../../src/core/channel.ts';
import { topicsHash } from '../../../src/core/score.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createChannelRegistry } from '../../../src/daily/channels/channels.ts';
import { createExpansions, type ExpansionParts, keepExpansions } from '../../../src/daily/channels/expansions.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { channelOf, rubricOf } from '../../fakes/fixtures.ts';
import { keepingLogger } from '../../fakes/logger.ts';

const signal = new AbortController().signal;
const alice = 'slack:T1:U1';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const german = (name: string) => channelOf({ name, rubric: rubricOf({ topics: 'Hecken', hash: 'hash of Hecken' }) });
const answer = { text: '# Hedges', model: 'gears-1', costUsd: 0.001 };

const start = async (
  expand: ExpansionParts['expand'] = async () => answer,
  file: readonly Channel[] = [german('gardens'), german('hedges')],
) => {
  const clock = createSteppingClock('2025-07-08T13:00:00Z');
  const channels = await createChannelRegistry({
    ...{ fileChannels: file, changes: stores.changes, digests: stores.digests, clock },
    createRubric: (texts) => rubricOf({ ...texts, hash: `hash of ${texts.topics}` }),
    defaults: { schedule: '0 9 * * 1-5', language: 'English', criteria: 'Built-in criteria.' },
    validate: {
      name: () => undefined,
      schedule: () => undefined,
      category: () => undefined,
      timezone: () => undefined,
    },
  });
  const asked: string[] = [];
  const { logger, lines } = keepingLogger();
  const counted: ExpansionParts['expand'] = (topics, channel, priority, until) => {
    asked.push(`${channel}: ${topics}`);
    return expand(topics, channel, priority, until);
  };
  const expansions = createExpansions({ expand: counted, channels, stores, clock, logger });
  const of = (name: string): Channel => channels.find(name) ?? channelOf();
  return { channels, expansions, asked, lines, clock, of };
};
const limits = { cutoffs: { relevance: 7, novelty: 6 } };

describe('the expansions of topics', () => {
  it('are made once for all channels with the same topics, also after a restart', async () => {
    const { expansions, asked, of } = await start();
    const both = await Promise.all(['gardens', 'hedges'].map((name) => expansions.ensure(of(name), signal)));
    expect(both.map(({ rubric }) => rubric.expansion)).toEqual(['# Hedges', '# Hedges']);
    expect(asked).toEqual(['gardens: Hecken']);
    const again = await start();
    expect((await again.expansions.ensure(again.of('gardens'), signal)).rubric.expansion).toBe('# Hedges');
    expect(again.asked).toEqual([]);
  });

  it('leave the hash of the rubric as it is, so that scores are not paid for again', async () => {
    const { expansions, of } = await start();
    expect((await expansions.ensure(of('gardens'), signal)).rubric.hash).toBe('hash of Hecken');
  });

  it('are made anew once topics are edited, and those of earlier topics come back with them', async () => {
    const { channels, expansions, asked, of } = await start();
    await expansions.ensure(of('gardens'), signal);
    await channels.change('gardens', { kind: 'topics', topics: 'Rasen', ...limits }, alice);
    expect(of('gardens').rubric.expansion).toBeUndefined();
    await expansions.ensure(of('gardens'), signal);
    await channels.undo('gardens', 'topics', alice);
    expect(of('gardens').rubric.expansion).toBe('# Hedges');
    expect(asked).toEqual(['gardens: Hecken', 'gardens: Rasen']);
  });

  it('keep an unusable answer, so that it is not paid for again', async () => {
    const { expansions, asked, of } = await start(async () => ({ ...answer, text: '' }));
    expect((await expansions.ensure(of('gardens'), signal)).rubric.expansion).toBe('');
    await expansions.ensure(of('gardens'), signal);
    expect(asked).toHaveLength(1);
  });

  it('leave the channel as it is if the model fails, and are tried again after an hour', async () => {
    let calls = 0;
    const { expansions, asked, lines, clock, of } = await start(async () => {
      calls += 1;
      if (calls === 1) throw new Error('no answer');
      return answer;
    });
    expect((await expansions.ensure(of('gardens'), signal)).rubric.expansion).toBeUndefined();
    expect(lines).toMatchObject([{ level: 'warn', fields: { reason: 'no answer' } }]);
    expect((await expansions.ensure(of('hedges'), signal)).rubric.expansion).toBeUndefined();
    expect(asked).toHaveLength(1);
    await clock.sleep(3_600_000);
    expect((await expansions.ensure(of('gardens'), signal)).rubric.expansion).toBe('# Hedges');
  });

  it('leave the channel as it is if the budget is spent', async () => {
    const { expansions, of } = await start(async () => undefined);
    expect((await expansions.ensure(of('gardens'), signal)).rubric.expansion).toBeUndefined();
  });

  it('are replaced by those of a person, in their channel alone, until that is undone', async () => {
    const { channels, expansions, of } = await start();
    const { rubric } = await expansions.ensure(of('gardens'), signal);
    await channels.change('gardens', { kind: 'expansion', topicsHash: topicsHash(rubric), text: '# My hedges' }, alice);
    expect([of('gardens'), of('hedges')].map((one) => one.rubric.expansion)).toEqual(['# My hedges', '# Hedges']);
    expect(channels.differences()).toEqual([]);
    await channels.undo('gardens', 'expansion', alice);
    expect(of('gardens').rubric.expansion).toBe('# Hedges');
  });

  it('are asked for again on request', async () => {
    let calls = 0;
    const { expansions, of } = await start(async () => {
      calls += 1;
      return { ...answer, text: `# Hedges ${calls}` };
    });
    await expansions.ensure(of('gardens'), signal);
    const again = await expansions.ensure(of('gardens'), signal, { again: true });
    expect(again.rubric.expansion).toBe('# Hedges 2');
  });

  it('are kept for new channels in the background, with an hour between failures', async () => {
    const ended = new AbortController();
    const { channels, expansions, asked, clock } = await start(async () => {
      throw new Error('no answer');
    });
    let checks = 0;
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms, until) => {
      checks += 1;
      if (checks === 4) ended.abort();
      await sleep(ms, until);
    };
    await keepExpansions(() => channels.list(), { expansions, clock }, ended.signal);
    expect(asked).toEqual(['gardens: Hecken']);
  });
});
