import type { Message } from '../../src/core/message.ts';
import { sqliteCore } from './client.ts';

const { index, integer, primaryKey, sqliteTable, text } = sqliteCore;

export const reactions = sqliteTable(
  'reactions',
  {
    destination: text().notNull(),
    messageId: text('message_id').notNull(),
    person: text().notNull(),
    emoji: text().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.destination, table.messageId, table.person, table.emoji] })],
);

/** The change log is append-only. Times in text columns are simulated time, ISO 8601 in UTC. */
export const changes = sqliteTable(
  'changes',
  {
    changeId: integer('change_id').primaryKey({ autoIncrement: true }),
    at: text().notNull(),
    person: text().notNull(),
    channel: text(),
    action: text().notNull(),
    value: text({ mode: 'json' }).$type<unknown>().notNull(),
    undoneBy: integer('undone_by'),
  },
  (table) => [
    index('changes_channel').on(table.channel, table.action),
    index('changes_person').on(table.person, table.action, table.at),
  ],
);

/** Random keys that this Paperboy signs with. */
export const signingKeys = sqliteTable('signing_keys', {
  purpose: text().primaryKey(),
  key: text().notNull(),
});

/** Notes about changes in new versions that the admins do not need any more. */
export const updateNotes = sqliteTable('update_notes', {
  note: text().primaryKey(),
  /** Simulated time, ISO 8601 in UTC. Null if the note was never sent, because it does not concern this installation. */
  sentAt: text('sent_at'),
});

export const webMessages = sqliteTable(
  'web_messages',
  {
    key: text().primaryKey(),
    destination: text().notNull(),
    thread: text(),
    message: text({ mode: 'json' }).$type<Message>().notNull(),
    /** System time, milliseconds since 1970. */
    sentAt: integer('sent_at').notNull(),
  },
  (table) => [index('web_messages_place').on(table.destination, table.thread)],
);

export const savedPapers = sqliteTable(
  'saved_papers',
  {
    person: text().notNull(),
    paperId: text('paper_id').notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.person, table.paperId] })],
);

export const readPapers = sqliteTable(
  'read_papers',
  {
    person: text().notNull(),
    paperId: text('paper_id').notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.person, table.paperId] })],
);

/** Identities with the same link id are one person. */
export const links = sqliteTable(
  'links',
  {
    person: text().primaryKey(),
    linkId: text('link_id').notNull(),
    at: text().notNull(),
  },
  (table) => [index('links_link').on(table.linkId)],
);

/** The code of an identity that links another one to it. */
export const linkCodes = sqliteTable('link_codes', {
  person: text().primaryKey(),
  /** A hash of the code. */
  code: text().notNull().unique(),
  at: text().notNull(),
});

/** The last numbered list of papers that a person was shown at a destination. Times are simulated time. */
export const shownLists = sqliteTable(
  'shown_lists',
  {
    person: text().notNull(),
    destination: text().notNull(),
    /** Id of the message whose thread it was shown in; empty outside threads. */
    thread: text().notNull(),
    /** Number of the first paper. */
    first: integer().notNull(),
    paperIds: text('paper_ids', { mode: 'json' }).$type<readonly string[]>().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.person, table.destination] })],
);

/** A person's last question in a thread, or outside threads if the thread is empty. Times are simulated time. */
export const askedQuestions = sqliteTable(
  'asked_questions',
  {
    person: text().notNull(),
    destination: text().notNull(),
    thread: text().notNull(),
    paperId: text('paper_id').notNull(),
    question: text().notNull(),
    answer: text().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.person, table.destination, table.thread] })],
);
