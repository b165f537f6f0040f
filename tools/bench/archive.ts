import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { openStores } from '../../db/sqlite/index.ts';
import type { Paper } from '../../src/core/paper.ts';
import type { Rubric } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createRandom } from '../evaluation/metrics.ts';

// Years of invented announcements, stored day by day as the program stores them. Word frequencies are those of a
// natural language. The archive is the same each time.

export const archiveChannel = 'bench';
export const destinationOf = (channel: string): string => `web:${channel}`;
export const rubric: Rubric = { hash: 'bench', template: 't', topics: 't', criteria: 'c', language: 'English' };

const papersPerDay = 700;
const picked = 20;
const titleWords = 9;
const abstractWords = 110;
const readers = 3;
const topics = 400;

const functionWords =
  'the of and we a to in for is with that on this by are as our from an which can it be these at has not'.split(' ');
const commonWords =
  'model learning data method network training results performance language models based approach using neural large problem deep task algorithm information methods framework new propose different system time tasks state images analysis quantum learn function work high image paper networks graph domain feature prediction study process space optimization representation reinforcement attention'.split(
    ' ',
  );
const syllables = 'ba co di fu ga he lo mi nu pe ra si to vu wen zor kal tri plo mex'.split(' ');
const endings = ['', '', '', 's', 'ing', 'ed', 'ation', 'al', 'ity'];
const vocabularySize = 60_000;

const inventWords = (random: () => number): string[] => {
  const words = new Set([...functionWords, ...commonWords]);
  const pick = (values: readonly string[]): string => values[Math.floor(random() * values.length)] ?? '';
  while (words.size < vocabularySize) {
    const count = 2 + Math.floor(random() * 3);
    words.add(Array.from({ length: count }, () => pick(syllables)).join('') + pick(endings));
  }
  return [...words];
};

/** Draws word numbers by Zipf's law: the n-th most common word is 1/n as common as the first. */
const createZipf = (size: number, random: () => number): (() => number) => {
  // Inversion with a table of 2^16 steps is close enough and takes one lookup per word.
  const steps = 1 << 16;
  const table = new Uint32Array(steps);
  const total = Math.log(size);
  for (let step = 0; step < steps; step += 1) table[step] = Math.floor(Math.exp((total * (step + 0.5)) / steps)) - 1;
  // In the tail, one step covers many words.
  return () => {
    const step = Math.floor(random() * steps);
    const from = table[step] ?? 0;
    const to = table[step + 1] ?? size;
    return to > from + 1 ? from + Math.floor(random() * (to - from)) : from;
  };
};

const papersPerMonth = 17_000;

const idOf = (index: number): string => {
  const month = Math.floor(index / papersPerMonth);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${two(20 + Math.floor(month / 12))}${two(1 + (month % 12))}.${String(index % papersPerMonth).padStart(5, '0')}`;
};

/** Papers are reproducible only if they are invented in order. */
const createInventor = () => {
  const random = createRandom(500_000);
  const words = inventWords(random);
  const rank = createZipf(words.length, random);
  const word = (): string => words[rank()] ?? '';
  const ofTopic = Array.from({ length: topics }, () =>
    Array.from({ length: 30 }, () => words[100 + Math.floor(random() * 20_000)] ?? ''),
  );

  const invent = (index: number): Paper => {
    const topic = ofTopic[Math.floor(random() * topics)] ?? [];
    const anyWord = (): string => (random() < 0.12 ? (topic[Math.floor(random() * topic.length)] ?? '') : word());
    const text = (length: number): string => Array.from({ length }, anyWord).join(' ');
    const authors = Array.from({ length: 1 + Math.floor(random() * 6) }, () => `${word()} ${word()}`);
    return {
      id: idOf(index),
      version: 1,
      title: text(titleWords),
      authors,
      abstract: `${text(abstractWords / 2)}. ${text(abstractWords / 2)}.`,
      categories: index % 3 === 0 ? ['cs.AI'] : ['cs.LG', 'stat.ML'],
      comments: `${10 + (index % 30)} pages`,
    };
  };
  return { words, invent };
};

const dateOf = (day: number): string => new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);

const storeDigest = async (
  stores: Stores,
  { channel, date, announced, best }: { channel: string; date: string; announced: number; best: readonly Paper[] },
): Promise<void> => {
  const at = `${date}T13:00:00.000Z`;
  const destination = destinationOf(channel);
  const scores = await stores.scores.currentOf(
    rubric.hash,
    best.map(({ id }) => id),
  );
  const digest = await stores.digests.create(
    {
      ...{ channel, date, sample: false, rubric: rubric.hash, engines: [], models: [], notices: [], nearest: [] },
      counts: { announced, scanned: announced, relevant: best.length, unscored: 0 },
      cutoffs: { relevance: 8, novelty: 6 },
      usage: { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 },
      ...{ authorCheck: undefined, remedial: undefined, groupByTopic: false },
      entries: best.flatMap((paper, index) => {
        const score = scores.get(paper.id);
        return score ? [{ rank: index + 1, paper, score, reason: { kind: 'cutoffs' }, topic: undefined }] : [];
      }),
    },
    at,
    [destination],
  );
  for (const { deliveryId, key, rank } of await stores.outbox.list(digest.digestId, destination)) {
    const message = { destination, messageId: channel === archiveChannel ? key : `${channel} ${key}` };
    await stores.outbox.sent(deliveryId, message, 1);
    for (let reader = 0; rank > 0 && reader < readers; reader += 1)
      await stores.reactions.add({ message, person: `web:reader-${reader}`, emoji: rank % 4 ? '+1' : '-1' }, at);
  }
};

const storeDay = async (stores: Stores, date: string, papers: readonly Paper[]): Promise<void> => {
  for (const category of ['cs.LG', 'cs.AI'])
    await stores.announcements.save({
      ...{ category, date },
      papers: papers.filter((paper) => paper.categories[0] === category).map((paper) => ({ paper, type: 'new' })),
    });
  const best = papers.slice(0, picked);
  await stores.scores.add(
    { rubric: rubric.hash, engine: 'openai', model: 'bench' },
    best.map(({ id, version }, index) => {
      return { paperId: id, version, relevance: 10 - (index % 3), novelty: 9 - (index % 4), comment: 'A comment.' };
    }),
    `${date}T13:00:00.000Z`,
  );
  await storeDigest(stores, { channel: archiveChannel, date, announced: papers.length, best });
};

export type Archive = { words: readonly string[]; dates: readonly string[]; ids: readonly string[] };

export const archiveOf = (count: number): Archive => ({
  words: createInventor().words,
  dates: Array.from({ length: Math.ceil(count / papersPerDay) }, (_, day) => dateOf(day)),
  ids: Array.from({ length: count }, (_, index) => idOf(index)),
});

const storeArchive = async (stores: Stores, count: number): Promise<void> => {
  const { invent } = createInventor();
  await stores.scores.saveRubric(rubric);
  for (let stored = 0; stored < count; stored += papersPerDay) {
    const papers = Array.from({ length: Math.min(papersPerDay, count - stored) }, (_, index) => invent(stored + index));
    await storeDay(stores, dateOf(stored / papersPerDay), papers);
    if (process.stderr.isTTY) process.stderr.write(`\r${(stored + papers.length).toLocaleString('en-US')} papers`);
  }
};

/** Builds an archive of `count` papers unless the file exists. @returns the file. */
export const buildArchive = async (file: string, count: number): Promise<string> => {
  if (existsSync(file)) return file;
  const began = performance.now();
  const stores = openStores(file);
  await storeArchive(stores, count);
  stores.close();
  const { size } = await stat(file);
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  console.log(`${count.toLocaleString('en-US')} papers stored in ${seconds} s, ${Math.round(size / 1e6)} MB\n`);
  return file;
};

/** Stores digests of further channels on some dates of an archive, with the same papers. */
export const storeChannels = async (
  stores: Stores,
  channels: readonly string[],
  dates: readonly string[],
): Promise<void> => {
  for (const date of dates) {
    const first = await stores.digests.find(archiveChannel, date);
    if (!first) throw new Error(`the archive has no digest for ${date}`);
    const best = first.entries.map(({ paper }) => paper);
    for (const channel of channels)
      if (!(await stores.digests.find(channel, date)))
        await storeDigest(stores, { channel, date, announced: first.counts.announced, best });
  }
};
