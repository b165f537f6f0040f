import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isIsoDate } from '../src/core/clock.ts';
import { type AnnouncedPaper, announceTypes, type IsoDate } from '../src/core/paper.ts';

/** The built-in announcement of invented papers, shown where arXiv is out of reach and nothing is stored. */
export type SampleDay = {
  date: IsoDate;
  /** Ids such as `sample.00001`, which no arXiv paper can have. */
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

/** Reads the sample day that lies beside this file. @throws ZodError where somebody has spoilt it. */
export const readSampleDay = async (): Promise<SampleDay> =>
  sampleDay.parse(JSON.parse(await readFile(new URL('./sample-day.json', import.meta.url), 'utf8')));
