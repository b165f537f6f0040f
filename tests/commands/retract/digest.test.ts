import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
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

const destination = 'slack:T1:C1';
const pageUrl: Services['pageUrl'] = (path) => `http://127.0.0.1/${path}`;

/** A digest with a header and papers to send. */
const save = async (date: string, isSent = false) => {
  const digest = await saveDigest(stores, [paperOf(`1 of ${date}`), paperOf(`2 of ${date}`)], { date });
  await stores.outbox.enqueue(digest, [destination]);
  if (!isSent) return;
  for (const { deliveryId, rank } of await stores.outbox.list(digest.digestId, destination))
    await stores.outbox.sent(deliveryId, { destination, messageId: `m${rank}` }, 1);
};

describe('digest', () => {
  it('shows the counts and the link, and that everything was sent', async () => {
    await save('2025-07-08', true);
    const { message } = await talk(stores, { person: reader, services: { pageUrl } });
    const shown = await message('digest');
    expect(linesOf(shown)).toEqual([
      'Tuesday, 8 July 2025 · foundations',
      expect.stringContaining('2 of 12 papers picked'),
      'Full digest',
      'Everything has been sent.',
      '[Top papers: top 2025-07-08]',
    ]);
    expect(JSON.stringify(shown)).toContain('http://127.0.0.1/foundations/2025-07-08.html');
  });

  it('says what the prefilter screened out, or why it did not', async () => {
    const reason = 'it failed (see the log)';
    await saveDigest(stores, [paperOf('1')], { date: '2025-07-07', prefilter: { reason } });
    const prefilter = { skipped: 7, sampled: 1, recall: 0.983, days: 10 };
    await saveDigest(stores, [paperOf('2')], { date: '2025-07-08', prefilter });
    const { lines } = await talk(stores, { person: reader });
    expect(await lines('digest 2025-07-07')).toContain(`The prefilter screened out none of 12 papers: ${reason}.`);
    const worked = (await lines('digest 2025-07-08')).join('\n');
    expect(worked).toContain('Screened out 7 of 12 papers; about 98% of picks kept, measured on 10 days.');
    expect(worked).not.toContain('The prefilter');
  });

  it('sends what is missing only for a manager', async () => {
    await save('2025-07-08');
    const sent: string[] = [];
    const services: Partial<Services> = { deliver: async (_, date) => sent.push(date) };
    const forReader = await (await talk(stores, { person: reader, services })).lines('digest 2025-07-08');
    expect(forReader.some((line) => line.startsWith('Some papers are still unsent'))).toBe(true);
    expect(sent).toEqual([]);
    const { lines } = await talk(stores, { services });
    expect(await lines('digest 2025-07-08')).toContain('Sent 1 missing paper.');
    expect(sent).toEqual(['2025-07-08']);
  });

  it('says what could not be sent, with a button to retry', async () => {
    await save('2025-07-08');
    const deliver = async () => {
      throw new UserError('Not everything could be sent: slack is away.');
    };
    const { message } = await talk(stores, { services: { deliver } });
    const shown = await message('digest');
    expect(linesOf(shown)).toContain('Not everything could be sent: slack is away.');
    expect(pressed(shown, 'Retry')).toBe('digest 2025-07-08');
  });

  it('names the nearest digests and how to make one if a date has none', async () => {
    for (const date of ['2025-07-01', '2025-07-02', '2025-07-07', '2025-07-08']) await save(date, true);
    const { lines } = await talk(stores, { person: reader });
    expect(await lines('digest 2025-07-04')).toEqual([
      'foundations has no digest for Friday, 4 July 2025.',
      'Your Paperboy admin can make it: npm run -s paperboy -- remedy --from 2025-07-04 --to 2025-07-04 --channel foundations',
      '[2 July 2025: digest 2025-07-02]',
      '[7 July 2025: digest 2025-07-07]',
    ]);
  });

  it('says that there is nothing to make of an empty day', async () => {
    await save('2025-07-08', true);
    const { lines } = await talk(stores, { person: reader });
    const empty = (category: string) => stores.announcements.save({ category, date: '2025-07-07', papers: [] });
    await empty('cs.LG');
    expect((await lines('digest 2025-07-07'))[1]).toContain('remedy --from 2025-07-07');
    await empty('cs.AI');
    expect(await lines('digest 2025-07-07')).toEqual([
      'foundations has no digest for Monday, 7 July 2025.',
      'arXiv announced nothing in cs.LG, cs.AI that day.',
      '[8 July 2025: digest 2025-07-08]',
    ]);
  });

  it('says when the first digest comes', async () => {
    const { lines } = await talk(stores);
    expect(await lines('digest')).toEqual(['foundations has no digest yet. The next run makes the first one.']);
  });
});

describe('retract', () => {
  const retracting = (calls: string[]): Partial<Services> => ({
    async retract(channel, date, _signal, by = '') {
      calls.push(`${channel.name} ${date} ${by}`);
      const digest = await stores.digests.find(channel.name, date);
      await stores.digests.remove(digest?.digestId ?? 0);
      const at = '2025-07-08T13:00:00.000Z';
      await stores.changes.add({ at, person: by, channel: channel.name, action: 'retract', value: { date } });
      return 3;
    },
    deliver: async (_, date) => calls.push(`remade ${date}`),
  });

  it('asks before it retracts', async () => {
    await save('2025-07-08', true);
    const message = { destination, messageId: 'm1' };
    await stores.reactions.add({ message, person: reader, emoji: '+1' }, '2025-07-08T13:00:00.000Z');
    const calls: string[] = [];
    const one = await talk(stores, { services: retracting(calls) });
    const question = await one.message('retract');
    expect(linesOf(question)[0]).toBe(
      'This retracts the digest of Tuesday, 8 July 2025 (2 papers with 1 vote, posted to 1 destination) and deletes its messages and votes.',
    );
    expect(calls).toEqual([]);
    const buttons = question.blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));
    expect(buttons.at(-1)).toEqual({ label: 'Retract', command: 'retract 2025-07-08 confirmed', style: 'danger' });
    const done = await one.message('retract 2025-07-08 confirmed');
    expect(done.summary).toBe('The digest of Tuesday, 8 July 2025 has been retracted; 3 messages deleted.');
    expect(calls).toEqual([`foundations 2025-07-08 ${manager}`]);
    expect(await one.lines('history')).toContain('Tue, 8 July 2025, 09:00, you: retracted the digest of 8 July 2025');
    expect(await one.lines('digest')).toEqual([
      'The digest of Tuesday, 8 July 2025 was retracted by you (Tue, 8 July 2025, 09:00). It is not remade automatically.',
      '[Remake: digest 2025-07-08 confirmed]',
      '[Newest papers: top]',
    ]);
    expect((await one.lines('retract 2025-07-08'))[0]).toContain('was retracted by you');

    const remake = pressed(done, 'Remake');
    const forReader = await one.lines(remake, { person: reader });
    expect(forReader[0]).toContain(
      'was retracted by UMANAGER on Slack (Tue, 8 July 2025, 09:00). The channel’s managers and the admins can remake it with /arxiv digest 2025-07-08.',
    );
    expect(calls).toHaveLength(1);
    const again = await one.message('digest 2025-07-08');
    expect(pressed(again, 'Remake')).toBe(remake);
    await one.message(remake);
    expect(calls.at(-1)).toBe('remade 2025-07-08');
  });

  it('is mentioned above the newest digest that is left', async () => {
    await save('2025-07-07', true);
    await save('2025-07-08', true);
    const { lines } = await talk(stores, { services: retracting([]) });
    await lines('retract 2025-07-08 confirmed');
    const gone = 'The digest of Tuesday, 8 July 2025 was retracted.';
    expect((await lines('digest')).slice(0, 2)).toEqual([
      'Monday, 7 July 2025 · foundations',
      `${gone} Type /arxiv digest 2025-07-08 to remake it. This is the newest remaining digest.`,
    ]);
    expect(await lines('digest', { person: reader })).toContain(`${gone} This is the newest remaining digest.`);
    expect((await lines('digest 2025-07-07')).join()).not.toContain('retracted');
    await save('2025-07-08', true);
    expect((await lines('digest')).join()).not.toContain('retracted');
  });

  it('is for managers, and retracts nothing without a day', async () => {
    await save('2025-07-08', true);
    const calls: string[] = [];
    const { lines } = await talk(stores, { services: retracting(calls) });
    await expect(lines('retract', { person: reader })).rejects.toThrow('Only the managers');
    expect((await lines('retract confirmed'))[0]).toContain('This retracts');
    expect(calls).toEqual([]);
    expect((await lines('retract 2025-07-01')).at(-1)).toBe('[8 July 2025: retract 2025-07-08]');
  });
});
