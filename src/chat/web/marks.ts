import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Destination, Person } from '../../core/addresses.ts';
import { paperIdOf } from '../../core/paper.ts';
import type { Stores } from '../../core/stores.ts';
import type { Access } from './access.ts';
import type { WebPlatform } from './index.ts';

type MarkParts = {
  access: Access;
  platform: WebPlatform;
  stores: Pick<Stores, 'saved' | 'readMarks'>;
  now(): Date;
  actor(context: Context): { person: Person; destination: Destination } | Response;
  /** Leads back to the page of the form. */
  wayBack(context: Context): string;
};

const yesOrNo = z.enum(['yes', 'no']).optional();
const markFields = z.object({ paper: z.string().max(60), save: yesOrNo, read: yesOrNo });

/** A person's own marks on a paper: whether it is on the reading list, and whether it was read. */
export const createMarks = ({ access, platform, stores, now, actor, wayBack }: MarkParts): Hono => {
  const app = new Hono();

  app.post('/:channel/marks', async (context) => {
    const who = actor(context);
    if (who instanceof Response) return who;
    const { person, destination } = who;
    const fields = markFields.safeParse(await context.req.parseBody().catch(() => ({})));
    const id = fields.success ? paperIdOf(fields.data.paper) : undefined;
    if (!fields.success || id === undefined) return context.text('This is not a paper. Reload the page.', 400);
    const { save, read } = fields.data;
    if (read === 'yes') await stores.readMarks.add(person, id, now().toISOString());
    if (read === 'no') await stores.readMarks.remove(person, id);
    const isSaved = async (): Promise<boolean> => (await stores.saved.among(person, [id])).has(id);
    const wanted = save === undefined ? undefined : save === 'yes';
    if (wanted !== undefined && wanted !== (await isSaved())) {
      const text = `${wanted ? 'save' : 'unsave'} ${id}`;
      await platform.handlers()?.command({ text, person, destination, isOwner: !access.hasSecret });
      if (wanted !== (await isSaved())) return context.text('The reading list could not be changed. Try again.', 503);
    }
    if (!(context.req.header('accept') ?? '').includes('application/json'))
      return context.redirect(wayBack(context), 303);
    return context.json({ isSaved: await isSaved(), isRead: (await stores.readMarks.among(person, [id])).has(id) });
  });

  return app;
};
