import type { MessageRef } from '../core/addresses.ts';
import type { Channel } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import type { Command } from '../core/command.ts';
import { UserError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { countOf } from '../core/paper.ts';
import type { CommandRequest } from '../core/platform.ts';
import type { Stores } from '../core/stores.ts';
import { numberInList } from './language/numbers.ts';
import type { Value } from './language/values.ts';

type Asker = Pick<CommandRequest, 'person' | 'destination' | 'thread'>;

type List = { first: number; ids: readonly string[]; name: string };

type Parts = {
  stores: Pick<Stores, 'conversations' | 'digests' | 'outbox'>;
  clock: Clock;
  channelFor(asker: Asker): Promise<Channel>;
};

const nthOf = ({ first, ids, name }: List, nth: number): string => {
  const id = ids[nth - first];
  if (id !== undefined) return id;
  if (first === 1) throw new UserError(`There is no number ${nth}: ${name} has ${countOf(ids.length, 'paper')}.`);
  throw new UserError(`There is no number ${nth}: ${name} has the numbers ${first} to ${first + ids.length - 1}.`);
};

/** Remembers the numbered lists that people are shown, and finds the paper that a number means. */
export const createLists = ({ stores, clock, channelFor }: Parts) => {
  const now = (): string => clock.now().toISOString();

  const ownList = async ({ person, destination }: Asker): Promise<(List & { thread: string }) | undefined> => {
    const shown = await stores.conversations.shown(person, destination, now());
    return shown && { first: shown.first, ids: shown.paperIds, thread: shown.thread, name: 'your last list' };
  };

  const threadList = async (thread: MessageRef | undefined): Promise<List | undefined> => {
    const ids = thread ? await stores.outbox.papersWith(thread) : [];
    return ids.length > 0 ? { first: 1, ids, name: 'this digest' } : undefined;
  };

  /** The digest of the thread comes before a list that was shown elsewhere. */
  const listFor = async (asker: Asker): Promise<List | undefined> => {
    const own = await ownList(asker);
    if (own && own.thread === (asker.thread?.messageId ?? '')) return own;
    const ofThread = await threadList(asker.thread);
    if (ofThread ?? own) return ofThread ?? own;
    const newest = await stores.digests.newest((await channelFor(asker)).name);
    const entries = newest?.entries.length ? newest.entries : (newest?.nearest ?? []);
    return entries.length > 0
      ? { first: 1, ids: entries.map(({ paper }) => paper.id), name: 'the newest digest' }
      : undefined;
  };

  return {
    async remember({ papers }: Message, asker: Asker): Promise<void> {
      if (!papers || papers.ids.length === 0) return;
      const { person, destination } = asker;
      const before = papers.first > 1 ? await ownList(asker) : undefined;
      // The next page of a list continues it, so that the numbers of the first page still count.
      const isNext = before !== undefined && before.first + before.ids.length === papers.first;
      const list = isNext
        ? { first: before.first, paperIds: [...before.ids, ...papers.ids] }
        : { first: papers.first, paperIds: papers.ids };
      const thread = asker.thread?.messageId ?? '';
      await stores.conversations.showed({ person, destination, thread, ...list, at: now() });
    },

    /** Replaces the numbers that name papers by the ids of the papers. @throws UserError if there is no such number. */
    async resolve(
      { options }: Command,
      values: Readonly<Record<string, Value>>,
      asker: Asker,
    ): Promise<Record<string, Value>> {
      let list: List | undefined;
      const idOf = async (value: string): Promise<string> => {
        const nth = numberInList(value);
        if (nth === undefined) return value;
        list ??= await listFor(asker);
        if (!list)
          throw new UserError('There is no list yet that the number could refer to. Type /arxiv top to get one.');
        return nthOf(list, nth);
      };
      const resolved: Record<string, Value> = { ...values };
      for (const [name, { type }] of Object.entries(options)) {
        const value = values[name];
        if (type === 'paper' && typeof value === 'string') resolved[name] = await idOf(value);
        if (type === 'papers' && Array.isArray(value)) resolved[name] = await Promise.all(value.map(idOf));
      }
      return resolved;
    },
  };
};
