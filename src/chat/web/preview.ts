import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Channel } from '../../core/channel.ts';
import { isIsoDate } from '../../core/dates.ts';
import type { IsoDate } from '../../core/paper.ts';

type PreviewedLimits = Partial<Pick<Channel, 'cutoffs' | 'papersPerDay'>>;

export type PreviewParts = {
  /** How many papers a channel would pick on a date with other limits, at no cost; undefined if that is unknown. */
  preview(channel: string, date: IsoDate, limits: PreviewedLimits, signal: AbortSignal): Promise<number | undefined>;
  actor(context: Context): object;
};

const points = z.coerce.number().int().min(1).max(10);
const previewQuery = z.object({
  date: z.string().refine(isIsoDate),
  cutoffs: z
    .string()
    .transform((text): unknown[] => text.split(' '))
    .pipe(z.tuple([points, points]))
    .optional(),
  papers: z.coerce.number().int().min(1).max(1_000).optional(),
});

export const createPreviews = ({ preview, actor }: PreviewParts): Hono => {
  const app = new Hono();

  app.get('/:channel/preview', async (context) => {
    const who = actor(context);
    if (who instanceof Response) return who;
    const query = previewQuery.safeParse(context.req.query());
    if (!query.success) return context.text('These limits cannot be previewed.', 400);
    const { date, cutoffs, papers } = query.data;
    const limits = {
      ...(cutoffs && { cutoffs: { relevance: cutoffs[0], novelty: cutoffs[1] } }),
      ...(papers !== undefined && { papersPerDay: papers }),
    };
    const picked = await preview(context.req.param('channel'), date, limits, context.req.raw.signal);
    return picked === undefined
      ? context.text('There is no preview, because the papers of this day could not be read.', 404)
      : context.json({ picked });
  });

  return app;
};
