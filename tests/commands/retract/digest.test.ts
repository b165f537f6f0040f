import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/index.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { Services } from '../../../src/core/services.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { paperOf } from '../../fakes/fixtures.ts';
import { manager, pressed, reader, talk } from '../changing.ts';
import { linesOf } from '../context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const place = 'slack:T1:C1';
const pageUrl: Services['pageUrl'] = (path) => `http://127.0.0.1/${path}`;

/** A digest whose header and papers wait to be sent. */
const save = async (date: string, isSent = false) => {
  const digest = await saveDigest(stores, [paperOf(`1 of ${date}`), paperOf(`2 of ${date}`)], { date });
  await stores.outbox.enqueue(digest, [place]);
  if (!isSent) return;
  for (const { deliveryId, rank } of await stores.outbox.list(digest.digestId, place))
    await stores.outbox.sent(deliveryId, { destination: place, messageId: `m${rank}` }, 1);
};

describe('digest', () => {
  it('gives the link and the counts, and says that everything is sent', async () => {
    await save('2025-07-08', true);
    const { message } = await talk(stores, { person: reader, services: { pageUrl } });
    const shown = await message('digest');
    expect(linesOf(shown)).toEqual([
      'Tuesday, 8 July 2025 · foundations',
      expect.stringContaining('2 of 12 papers picked'),
      'The whole day',
      'Everything is sent.',
      '[Best papers: top 2025-07-08]',
    ]);
    expect(JSON.stringify(shown)).toContain('http://127.0.0.1/foundations/2025-07-08.html');
  });

  it('says what the prefilter skipped, or why it waited', async () => {
    const reason = 'it needs 15 days scored by the model and has 3';
    await saveDigest(stores, [paperOf('1')], { date: '2025-07-07', prefilter: { reason } });
    const prefilter = { skipped: 7, sampled: 1, recall: 0.983, days: 10 };
    await saveDigest(stores, [paperOf('2')], { date: '2025-07-08', prefilter });
    const { lines } = await talk(stores, { person: reader });
    expect(await lines('digest 2025-07-07')).toContain(`The prefilter screened out none of 12 papers: ${reason}.`);
    const worked = (await lines('digest 2025-07-08')).join('\n');
    expect(worked).toContain('7 were screened out as unlikely, keeping about 98 % of the picks.');
    expect(worked).not.toContain('The prefilter');
  });

  it('sends what is missing for a manager alone', async () => {
    await save('2025-07-08');
    const sent: string[] = [];
    const services: Partial<Services> = { deliver: async (_, date) => sent.push(date) };
    const forReader = await (await talk(stores, { person: reader, services })).lines('digest 2025-07-08');
    expect(forReader.some((line) => line.startsWith('Some of it is not sent yet'))).toBe(true);
    expect(sent).toEqual([]);
    const { lines } = await talk(stores, { services });
    expect(await lines('digest 2025-07-08')).toContain('Sent what was missing: 1 paper.');
    expect(sent).toEqual(['2025-07-08']);
  });

  it('says what could not be sent, with a button to try again', async () => {
    await save('2025-07-08');
    const deliver = async () => {
      throw new UserError('Not everything could be sent: slack is away.');
    };
    const { message } = await talk(stores, { services: { deliver } });
    const shown = await message('digest');
    expect(linesOf(shown)).toContain('Not everything could be sent: slack is away.');
    expect(pressed(shown, 'Try again')).toBe('digest 2025-07-08');
  });

  it('names the nearest days and the call that makes one up, where a date has none', async () => {
    for (const date of ['2025-07-01', '2025-07-02', '2025-07-07', '2025-07-08']) await save(date, true);
    const { lines } = await talk(stores, { person: reader });
    expect(await lines('digest 2025-07-04')).toEqual([
      'foundations has no digest of Friday, 4 July 2025.',
      'Whoever runs me can make it up: npm run -s paperboy -- remedy --from 2025-07-04 --to 2025-07-04 --channel foundations',
      '[2 July 2025: digest 2025-07-02]',
      '[7 July 2025: digest 2025-07-07]',
    ]);
  });

  it('says of a day on which arXiv announced nothing that there is nothing to make', async () => {
    await save('2025-07-08', true);
    const { lines } = await talk(stores, { person: reader });
    const empty = (category: string) => stores.announcements.save({ category, date: '2025-07-07', papers: [] });
    await empty('cs.LG');
    expect((await lines('digest 2025-07-07'))[1]).toContain('remedy --from 2025-07-07');
    await empty('cs.AI');
    expect(await lines('digest 2025-07-07')).toEqual([
      'foundations has no digest of Monday, 7 July 2025.',
      'arXiv announced nothing in cs.LG, cs.AI that day.',
      '[8 July 2025: digest 2025-07-08]',
    ]);
  });

  it('says that the first is to come', async () => {
    const { lines } = await talk(stores);
    expect(await lines('digest')).toEqual(['foundations has no digest yet. The first one comes with the next run.']);
  });
});

describe('retract', () => {
  const retracting = (asked: string[]): Partial<Services> => ({
    async retract(channel, date, _signal, by = '') {
      asked.push(`${channel.name} ${date} ${by}`);
      const digest = await stores.digests.find(channel.name, date);
      await stores.digests.remove(digest?.digestId ?? 0);
      const at = '2025-07-08T13:00:00.000Z';
      await stores.changes.add({ at, person: by, channel: channel.name, action: 'retract', value: { date } });
      return 3;
    },
    deliver: async (_, date) => asked.push(`anew ${date}`),
  });

  it('shows what would go before it does it', async () => {
    await save('2025-07-08', true);
    const message = { destination: place, messageId: 'm1' };
    await stores.reactions.add({ message, person: reader, emoji: '+1' }, '2025-07-08T13:00:00.000Z');
    const asked: string[] = [];
    const one = await talk(stores, { services: retracting(asked) });
    const question = await one.message('retract');
    expect(linesOf(question)[0]).toBe(
      'This takes back the digest of Tuesday, 8 July 2025: 2 papers, posted in 1 place, with 1 vote on them. Their messages are removed.',
    );
    expect(asked).toEqual([]);
    const buttons = question.blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));
    expect(buttons[0]).toEqual({ label: 'Take it back', command: 'retract 2025-07-08 confirmed', style: 'danger' });
    const done = await one.message('retract 2025-07-08 confirmed');
    expect(done.summary).toBe('The digest of Tuesday, 8 July 2025 is taken back; 3 messages removed.');
    expect(asked).toEqual([`foundations 2025-07-08 ${manager}`]);
    expect(await one.lines('history')).toContain('Tue, 8 July 2025, 09:00, you: digest of 8 July 2025 taken back');
    expect(await one.lines('digest')).toEqual([
      'The digest of Tuesday, 8 July 2025 was taken back by you (Tue, 8 July 2025, 09:00). It does not come back by itself.',
      '[Make and post it anew: digest 2025-07-08 confirmed]',
      '[Newest papers: top]',
    ]);
    expect((await one.lines('retract 2025-07-08'))[0]).toContain('was taken back by you');

    const anew = pressed(done, 'Make and post it anew');
    const forReader = await one.lines(anew, { person: reader });
    expect(forReader[0]).toContain(
      'was taken back by UMANAGER on Slack (Tue, 8 July 2025, 09:00). The channel’s managers and the admins can have it made anew with /arxiv digest 2025-07-08.',
    );
    expect(asked).toHaveLength(1);
    const again = await one.message('digest 2025-07-08');
    expect(pressed(again, 'Make and post it anew')).toBe(anew);
    await one.message(anew);
    expect(asked.at(-1)).toBe('anew 2025-07-08');
  });

  it('is told where the newest digest that is left is asked for', async () => {
    await save('2025-07-07', true);
    await save('2025-07-08', true);
    const { lines } = await talk(stores, { services: retracting([]) });
    await lines('retract 2025-07-08 confirmed');
    const gone = 'The digest of Tuesday, 8 July 2025 was taken back';
    expect((await lines('digest')).slice(0, 2)).toEqual([
      'Monday, 7 July 2025 · foundations',
      `${gone}; /arxiv digest 2025-07-08 makes it anew. This is the newest that there is.`,
    ]);
    expect(await lines('digest', { person: reader })).toContain(`${gone}. This is the newest that there is.`);
    expect((await lines('digest 2025-07-07')).join()).not.toContain('taken back');
    await save('2025-07-08', true);
    expect((await lines('digest')).join()).not.toContain('taken back');
  });

  it('is for managers, and takes nothing back without a day', async () => {
    await save('2025-07-08', true);
    const asked: string[] = [];
    const { lines } = await talk(stores, { services: retracting(asked) });
    await expect(lines('retract', { person: reader })).rejects.toThrow('Only the managers');
    expect((await lines('retract confirmed'))[0]).toContain('This takes back');
    expect(asked).toEqual([]);
    expect((await lines('retract 2025-07-01')).at(-1)).toBe('[8 July 2025: retract 2025-07-08]');
  });
});
