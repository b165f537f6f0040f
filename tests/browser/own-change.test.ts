import { expect, it } from 'vitest';
import { textMessage } from '../../src/core/message.ts';
import type { CommandRequest } from '../../src/core/platform.ts';
import { postDigest, startWeb } from '../fakes/web.ts';
import { describeInBrowser } from './browser.ts';
import { eventually, useVisitsOf } from './visit.ts';

const ids = Array.from({ length: 12 }, (_, index) => `2507.${String(index + 1).padStart(5, '0')}`);

const start = async () => {
  const web = await startWeb({ hasModel: true });
  const rescore = async (paperId: string, relevance: number): Promise<void> => {
    const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
    const verdict = { paperId, version: 1, relevance, novelty: 4, comment: 'Not so new after all.' };
    await web.stores.scores.add(query, [verdict], `2025-07-09T0${relevance}:00:00.000Z`);
  };
  await web.platform.listen({
    async command({ text = '' }: CommandRequest) {
      await rescore(text.split(' ').at(-1) ?? '', 3);
      return textMessage('Rescored.');
    },
    paperOf: async () => undefined,
    card: async () => undefined,
    suggest: async () => [],
    reactionAdded: async () => {},
    reactionRemoved: async () => {},
  });
  await postDigest(web, ids);
  return { url: web.url, rescore, close: () => web.close() };
};

describeInBrowser('a change of the page', () => {
  const { visit, served } = useVisitsOf(start);

  it('is offered if others made it, and shown at once after an own command', async () => {
    const page = await visit('foundations/');
    const last = page.getByRole('region', { name: 'Papers' }).getByRole('article').last();
    await last.scrollIntoViewIfNeeded();
    await last.getByText('More', { exact: true }).click();
    await last.getByRole('button', { name: 'Rescore' }).click();
    await last.getByText('Rescored; was 9 + 8').waitFor();
    const offer = page.getByRole('button', { name: 'Show new content' });
    expect(await offer.count()).toBe(0);
    expect(await page.evaluate<number>('scrollY')).toBeGreaterThan(400);

    // Long after the own command.
    await page.waitForTimeout(3_500);
    await served().rescore('2507.00001', 5);
    await offer.waitFor();
    await offer.click();
    await eventually(() => page.getByText('Rescored; was 9 + 8').count()).toBe(2);
  });
});
