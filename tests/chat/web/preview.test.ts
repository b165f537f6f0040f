import { afterEach, expect, it } from 'vitest';
import { startWeb, type Web } from '../../fakes/web.ts';

const open: Web[] = [];
afterEach(async () => {
  for (const web of open.splice(0)) await web.close();
});

const setUp = async (options: Parameters<typeof startWeb>[0] = {}) => {
  const asked: unknown[] = [];
  const web = await startWeb({
    preview: async (channel, date, limits) => {
      asked.push([channel, date, limits]);
      return date === '2025-07-08' ? 12 : undefined;
    },
    ...options,
  });
  open.push(web);
  const visitor = await web.visitor();
  return { web, asked, ask: (query: string) => visitor.get(`foundations/preview?${query}`) };
};

it('previews cutoffs or papers a day', async () => {
  const { asked, ask } = await setUp();
  expect(await (await ask('date=2025-07-08&cutoffs=8+7')).json()).toEqual({ picked: 12 });
  expect(await (await ask('date=2025-07-08&papers=5')).json()).toEqual({ picked: 12 });
  expect(asked).toEqual([
    ['foundations', '2025-07-08', { cutoffs: { relevance: 8, novelty: 7 } }],
    ['foundations', '2025-07-08', { papersPerDay: 5 }],
  ]);
  expect((await ask('date=2025-07-07&papers=5')).status).toBe(404);
});

it.each(['cutoffs=8+7', 'date=today&papers=5', 'date=2025-07-08&cutoffs=11+7', 'date=2025-07-08&papers=0'])(
  'refuses %s',
  async (query) => {
    const { asked, ask } = await setUp();
    expect((await ask(query)).status).toBe(400);
    expect(asked).toEqual([]);
  },
);

it('previews nothing for readers without rights', async () => {
  const { web, asked } = await setUp({ secret: 'a secret for the page', publicReading: true });
  expect((await fetch(`${web.url}foundations/preview?date=2025-07-08&papers=5`)).status).toBe(401);
  expect(asked).toEqual([]);
});
