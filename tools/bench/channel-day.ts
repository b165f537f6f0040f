import { readFile } from 'node:fs/promises';
import type { Stores } from '../../src/core/stores.ts';
import { startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { asAnnounced, categories } from './replayed/days.ts';
import type { Comparison } from './replayed/setup.ts';

export const teamsOf = (channels: number): string[] =>
  Array.from({ length: channels }, (_, index) => `team-${index + 1}`);

const numberOf = (name: string): number => Number(name.replace(/\D/g, ''));

/** Each team's own channel on Slack. */
export const slackChannel = (name: string): string => `slack:C${String(numberOf(name)).padStart(8, '0')}`;

/**
 * A day of `papers` papers at an arXiv of its own, and the settings of channels that read it.
 * @param rubrics Different topics among the channels; by default, each has its own.
 */
export const prepareDay = async (
  { days, cutoffs, files }: Comparison,
  papers: number,
  names: readonly string[],
  { post, rubrics = names.length }: { post: (name: string) => string; rubrics?: number },
) => {
  const day = days.findLast((one) => one.papers.length >= papers);
  if (!day) throw new Error(`no day has ${papers} papers; choose fewer with --channel-papers`);
  const topics = await readFile(files.topics, 'utf8');
  const arxiv = await startFakeArxiv({
    days: { [day.date]: asAnnounced({ ...day, papers: day.papers.slice(0, papers) }) },
  });
  const topicsOf = (name: string): string => `topics-${(numberOf(name) - 1) % rubrics}.md`;
  return {
    date: day.date,
    files: Object.fromEntries(
      [...new Set(names.map(topicsOf))].map((file) => [file, `${topics}\nThese are the topics of ${file}.\n`]),
    ),
    channels: names.map((name) => {
      const { criteria } = files;
      return { name, post: [post(name)], categories, topics: topicsOf(name), criteria, cutoffs, top: 200 };
    }),
    env: {
      ...{ ARXIV_RSS_URL: arxiv.url, ARXIV_WEB_URL: arxiv.url, ARXIV_API_URL: arxiv.url },
      PAPERBOY_NOW: `${day.date}T13:00:00Z`,
    },
    close: arxiv.close,
  };
};

/** Counts the digests of channels on a date. */
export const digestsIn = async ({ digests }: Pick<Stores, 'digests'>, names: readonly string[], date: string) => {
  const made = await Promise.all(names.map((name) => digests.find(name, date)));
  return {
    digests: made.filter(Boolean).length,
    fallbacks: made.filter((digest) => digest?.fallback).length,
    posted: made.reduce((sum, digest) => sum + (digest?.entries.length ?? 0), 0),
  };
};
