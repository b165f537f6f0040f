import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScoreQuery } from '../../src/core/stores.ts';
import { currentScores } from '../../src/digest/current-score.ts';
import { readRecap, recapMessage } from '../../src/digest/recap.ts';
import { ask, linesOf } from '../commands/context.ts';
import { registryOf } from '../fakes/channels.ts';
import { matchedAt, paperOf } from '../fakes/fixtures.ts';
import { createWeb, postDigest } from '../fakes/web.ts';
import { parsePage, textOf } from '../pages/page.ts';

const id = '2507.00001';
const date = '2025-07-08';
const at = '2025-07-09T09:00:00.000Z';
/** The digest's papers were scored by `gpt-test`, which stays the configured model. */
const otherModel: ScoreQuery = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-other' };
const builtIn: ScoreQuery = { rubric: 'rubric-1', engine: 'local', model: 'local-1' };

let web: ReturnType<typeof createWeb>;
beforeEach(() => {
  web = createWeb({ hasModel: true });
});
afterEach(() => web.close());

const add = (query: ScoreQuery, relevance: number, novelty: number) =>
  web.stores.scores.add(
    query,
    [{ paperId: id, version: 1, relevance, novelty, comment: `Scored ${relevance} + ${novelty}.` }],
    at,
  );

const addBuiltIn = () => web.stores.scores.add(builtIn, [matchedAt(id, 1, 99.9)], at);

/** The score in commands, on the open page and in a recap. */
const shownEverywhere = async () => {
  const { stores } = web;
  const services = { papers: { find: async () => paperOf(id) } };
  const answerTo = async (command: string) => linesOf(await ask(stores, command, { services })).join('\n');
  const page = await web.parts.site.file(`foundations/${date}.html`, { person: 'web:local:a' });
  const [channel] = registryOf().list();
  if (!channel) throw new Error('there is no channel');
  return {
    show: await answerTo(`show ${id}`),
    top: await answerTo('top'),
    recap: linesOf(recapMessage(await readRecap(stores, channel, 'week', date))).join('\n'),
    page: textOf(parsePage(String(page?.body)).querySelector('#paper-1')),
    known: (await currentScores([id], channel, stores)).get(id)?.comment,
  };
};

describe('the current score of a paper', () => {
  it('is the newest of any language model, in commands, recaps and on the open page', async () => {
    await postDigest(web, [id]);
    await add(otherModel, 3, 4);
    await addBuiltIn();
    const { show, top, recap, page, known } = await shownEverywhere();
    expect(show).toContain('Scored 3 + 4.');
    expect(top).toContain(`Title of ${id}  9 + 8 → 3 + 4`);
    expect(recap).toContain(`Title of ${id}  3 + 4`);
    expect(page).toMatch(/Relevance 3 Novelty 4 .*Scored 3 \+ 4\./);
    expect(known).toBe('Scored 3 + 4.');
  });

  it('is that of the digest if only the built-in scorer scored later', async () => {
    await postDigest(web, [id]);
    await addBuiltIn();
    const { show, top, recap, page, known } = await shownEverywhere();
    expect(show).toContain(`Comment on ${id}.`);
    expect(top).toContain(`Title of ${id}  9 + 8  Ada`);
    expect(recap).toContain(`Title of ${id}  9 + 8`);
    expect(page).toContain('Relevance 9 Novelty 8');
    expect(known).toBe(`Comment on ${id}.`);
  });

  it('prefers a language model for a paper that no digest picked', async () => {
    await postDigest(web, ['2507.00002']);
    await web.stores.announcements.savePapers([paperOf(id)]);
    await add(otherModel, 6, 5);
    await addBuiltIn();
    const [channel] = registryOf().list();
    const scores = channel && (await currentScores([id], channel, web.stores));
    expect(scores?.get(id)?.comment).toBe('Scored 6 + 5.');
  });
});
