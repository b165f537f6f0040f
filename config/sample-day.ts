import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { AnnouncementSource } from '../src/core/arxiv.ts';
import type { Channel } from '../src/core/channel.ts';
import { isIsoDate } from '../src/core/dates.ts';
import { type AnnouncedPaper, announceTypes, type IsoDate, isSamplePaper } from '../src/core/paper.ts';
import type { Stores } from '../src/core/stores.ts';

type SampleDay = {
  date: IsoDate;
  papers: AnnouncedPaper[];
};

const sampleDay = z.strictObject({
  date: z.string().refine(isIsoDate),
  papers: z.array(
    z.strictObject({
      type: z.enum(announceTypes),
      paper: z.strictObject({
        id: z.string().regex(/^sample\.\d{5}$/),
        version: z.int().positive(),
        title: z.string().min(1),
        authors: z.array(z.string().min(1)).min(1),
        abstract: z.string().startsWith('Invented example: '),
        categories: z.array(z.string().min(1)).min(1),
        comments: z.string(),
      }),
    }),
  ),
});

export const readSampleDay = async (): Promise<SampleDay> =>
  sampleDay.parse(JSON.parse(await readFile(new URL('./sample-day.json', import.meta.url), 'utf8')));

export const sampleName = 'sample';

export const sampleChannel = (example: Channel): Channel => ({
  ...example,
  name: sampleName,
  categories: [sampleName],
  post: example.post.map((destination) => destination.replace(/^web:.*/, `web:${sampleName}`)),
  authors: [],
  minHIndex: 0,
  isPaused: true,
});

/**
 * Removes the sample's digest once there is another one, or if the config is no longer the example.
 * @returns whether it was removed.
 */
export const dropSample = async (
  { digests }: Pick<Stores, 'digests'>,
  sample: Channel | undefined,
): Promise<boolean> => {
  const withDigests = await digests.channels();
  if (!withDigests.includes(sampleName) || (sample && withDigests.length === 1)) return false;
  const { date } = await readSampleDay();
  const digest = await digests.find(sampleName, date);
  if (!digest || ![...digest.entries, ...digest.nearest].some(({ paper }) => isSamplePaper(paper))) return false;
  await digests.remove(digest.digestId);
  return true;
};

export const createSampleSource = (): AnnouncementSource => {
  const read = async (category: string) => ({ ...(await readSampleDay()), category });
  return {
    newest: read,
    async on(category, date) {
      const announcement = await read(category);
      return announcement.date === date ? announcement : undefined;
    },
    submitted: async () => [],
  };
};

/** The pick rate is higher than the default, which would pick almost nothing from such a small sample. */
export const sampleDraft = {
  pickRate: 0.25,
  prefilter: undefined,
  notices: [
    'Every paper here is invented. arXiv cannot be reached, so this sample shows what a digest looks like. The first real digest follows when arXiv answers.',
  ],
};
