import { sampleName } from '../../config/sample-day.ts';
import type { App } from '../app.ts';
import { createNotices } from '../chat/notices.ts';
import { errorText } from '../core/errors.ts';
import { bulletList, message, note, paragraph } from '../core/message.ts';
import type { UpdateNote } from '../core/update-notes.ts';
import { withLease } from '../daily/lease.ts';
import { updateNotes } from './update-notes.ts';

/** After the start, connections get time to open. */
const firstMs = 60_000;
const retryAfterMs = 60 * 60_000;

const recentMs = 30 * 86_400_000;

const concerns = ({ needs }: UpdateNote, { engines, platforms, config }: App): boolean => {
  switch (needs) {
    case 'language model':
      return engines.llm !== undefined;
    case 'Slack':
      return platforms.has('slack');
    case 'web secret':
      return config.env.webSecret !== undefined;
    case undefined:
      return true;
  }
};

const unsettled = async (notes: readonly UpdateNote[], { stores }: App): Promise<UpdateNote[]> => {
  const settled = new Set((await stores.updateNotes.settled()).map(({ note }) => note));
  return notes.filter(({ id }) => !settled.has(id));
};

/** The notes that nobody has got, divided into those for this installation and all others. A new one needs none. */
const divide = async (app: App, notes: readonly UpdateNote[]): Promise<{ due: UpdateNote[]; others: UpdateNote[] }> => {
  const open = await unsettled(notes, app);
  const hasDigest = async () => (await app.stores.digests.channels()).some((channel) => channel !== sampleName);
  const isNew = open.length === notes.length && !(await hasDigest());
  const due = isNew ? [] : open.filter((one) => concerns(one, app));
  return { due, others: open.filter((one) => !due.includes(one)) };
};

/** The notes that the admins have not got. Call this before the first digest of a new installation, which needs none. */
export const dueUpdateNotes = async (app: App, notes = updateNotes): Promise<UpdateNote[]> => {
  const { due, others } = await divide(app, notes);
  await app.stores.updateNotes.settle(
    others.map(({ id }) => id),
    undefined,
  );
  for (const { id, text } of due) app.logger.info({ note: id, change: text }, 'changed in this version');
  return due;
};

/** The notes that were sent in the last 30 days or not yet, for whoever reads no chat. */
export const recentUpdateNotes = async (app: App, notes = updateNotes): Promise<UpdateNote[]> => {
  const { due } = await divide(app, notes);
  const since = new Date(app.clock.now().getTime() - recentMs).toISOString();
  const settled = await app.stores.updateNotes.settled();
  const recent = new Set(settled.filter(({ sentAt = '' }) => sentAt >= since).map(({ note }) => note));
  return notes.filter((one) => recent.has(one.id) || due.includes(one));
};

const send = (due: readonly UpdateNote[], app: App, signal: AbortSignal): Promise<boolean> =>
  withLease('update notes', { leases: app.stores.leases, clock: app.clock }, signal, async () => {
    // Another process may have sent them while this one waited.
    const open = await unsettled(due, app);
    if (open.length === 0) return true;
    const { config, connected, logger, channels, stores, clock } = app;
    const ids = open.map(({ id }) => id);
    const summary = 'Paperboy was updated';
    const isReached = await createNotices({ admins: config.admins, connected, logger })(
      message(summary, [
        paragraph(`${summary}. What changes for you:`),
        bulletList(open.map(({ text }) => [text])),
        note('CHANGELOG.md in Paperboy’s folder lists all changes.'),
      ]),
      channels.list(),
      `update ${ids.join(' ')}`,
    );
    if (isReached) await stores.updateNotes.settle(ids, clock.now().toISOString());
    return isReached;
  });

/**
 * Sends the notes to the admins in one message, in the same way as news of outages.
 * @returns false if nobody could be reached, also if it fails.
 */
export const sendUpdateNotes = async (due: readonly UpdateNote[], app: App, signal: AbortSignal): Promise<boolean> => {
  if (due.length === 0) return true;
  try {
    return await send(due, app, signal);
  } catch (error) {
    if (!signal.aborted) app.logger.error({ reason: errorText(error), err: error }, 'update notes not sent');
    return false;
  }
};

/** Sends the notes soon after the start, and tries again until somebody is reached. */
export const keepUpdateNotes = async (due: readonly UpdateNote[], app: App, signal: AbortSignal): Promise<void> => {
  let isSent = due.length === 0;
  for (let waitMs = firstMs; !isSent && !signal.aborted; waitMs = retryAfterMs) {
    await app.clock.sleep(waitMs, signal).catch(() => {});
    if (!signal.aborted) isSent = await sendUpdateNotes(due, app, signal);
  }
};
