import { defineCommand } from '../../src/core/command.ts';
import { longDate } from '../../src/core/dates.ts';
import { bulletList, button, buttonRow, message, paragraph, textMessage } from '../../src/core/message.ts';
import { countOf } from '../../src/core/paper.ts';
import { findDigest, noDigest, retractedMessage } from './digest.ts';

export const retract = defineCommand({
  name: 'retract',
  summary: 'Retract a digest, with its messages and votes, after you confirm',
  examples: ['retract', 'retract 2025-07-08'],
  rights: 'managers',
  options: {
    date: { type: 'date', description: 'date of the digest (default: the newest)' },
    confirmed: { type: 'word', isHidden: true, values: ['confirmed'], description: 'retract without asking' },
  },

  async run(context, { date, confirmed }) {
    const { stores, services, signal, person } = context;
    const channel = await context.channel();
    const digest = await findDigest(stores, channel, date);
    if (!digest)
      return (date && (await retractedMessage(context, channel, date))) || noDigest(stores, channel, date, 'retract');
    const day = longDate(digest.date);
    // Without a date, there may be a newer digest than the one in the question.
    if (confirmed && date !== undefined) {
      await context.progress(textMessage(`Retracting the digest of ${day} …`));
      const removed = await services.retract(channel, digest.date, signal, person);
      const done = `The digest of ${day} has been retracted; ${countOf(removed, 'message')} deleted.`;
      return message(done, [
        paragraph(`${done} It is not remade automatically.`),
        buttonRow(button('Remake', ['digest', digest.date, 'confirmed']), button('History', ['history'])),
      ]);
    }
    const votes = await stores.reactions.votes(
      channel.name,
      digest.entries.map(({ paper }) => paper.id),
    );
    const count = [...votes.values()].reduce((sum, { up, down }) => sum + up + down, 0);
    const facts = `${countOf(digest.entries.length, 'paper')} with ${countOf(count, 'vote')}, posted to ${countOf(channel.post.length, 'destination')}`;
    return message(`Retract the digest of ${day}?`, [
      paragraph(`This retracts the digest of ${day} (${facts}) and deletes its messages and votes.`),
      bulletList(channel.post),
      buttonRow(
        button('Retract', ['retract', digest.date, 'confirmed'], 'danger'),
        button('Show digest', ['digest', digest.date]),
      ),
    ]);
  },
});
