import type { AskedQuestion, ConversationStore, ShownList } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { oldestKept } from '../../rules/conversations.ts';
import { type Database, write } from '../client.ts';
import { askedQuestions, shownLists } from '../schema-people.ts';

const { and, eq, gte, lt } = orm;

export const createConversationStore = (db: Database): ConversationStore => ({
  async showed(list) {
    const { thread, first, paperIds, at } = list;
    await write(db, async (tx) => {
      await tx.delete(shownLists).where(lt(shownLists.at, oldestKept(at)));
      await tx
        .insert(shownLists)
        .values(list)
        .onConflictDoUpdate({
          target: [shownLists.person, shownLists.destination],
          set: { thread, first, paperIds, at },
        });
    });
  },

  async shown(person, destination, now): Promise<ShownList | undefined> {
    const [list] = await db
      .select()
      .from(shownLists)
      .where(
        and(
          eq(shownLists.person, person),
          eq(shownLists.destination, destination),
          gte(shownLists.at, oldestKept(now)),
        ),
      );
    return list;
  },

  async asked(asked) {
    const { paperId, question, answer, at } = asked;
    await write(db, async (tx) => {
      await tx.delete(askedQuestions).where(lt(askedQuestions.at, oldestKept(at)));
      await tx
        .insert(askedQuestions)
        .values(asked)
        .onConflictDoUpdate({
          target: [askedQuestions.person, askedQuestions.destination, askedQuestions.thread],
          set: { paperId, question, answer, at },
        });
    });
  },

  async lastAsked({ person, destination, thread }, now): Promise<AskedQuestion | undefined> {
    const where = and(
      eq(askedQuestions.person, person),
      eq(askedQuestions.destination, destination),
      eq(askedQuestions.thread, thread),
      gte(askedQuestions.at, oldestKept(now)),
    );
    const [asked] = await db.select().from(askedQuestions).where(where);
    return asked;
  },
});
