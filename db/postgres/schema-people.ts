import type { Message } from '../../src/core/message.ts';
import { json, long, text } from './columns.ts';
import { postgresCore } from './driver.ts';

const { index, integer, pgTable, primaryKey } = postgresCore;

export const reactions = pgTable(
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
export const changes = pgTable(
  'changes',
  {
    changeId: integer('change_id').primaryKey().generatedByDefaultAsIdentity(),
    at: text().notNull(),
    person: text().notNull(),
    channel: text(),
    action: text().notNull(),
    value: json().$type<unknown>().notNull(),
    undoneBy: integer('undone_by'),
  },
  (table) => [
    index('changes_channel').on(table.channel, table.action),
    index('changes_person').on(table.person, table.action, table.at),
  ],
);

/** People who asked to be forgotten. Their older data may come back with a dump or a copied database. */
export const forgotten = pgTable('forgotten', {
  /** A hash of their address. */
  person: text().primaryKey(),
  /** Simulated time, ISO 8601 in UTC. */
  at: text().notNull(),
});

/** Random keys that this Paperboy signs with. */
export const signingKeys = pgTable('signing_keys', {
  purpose: text().primaryKey(),
  key: text().notNull(),
});

/** Notes about changes in new versions that the admins do not need any more. */
export const updateNotes = pgTable('update_notes', {
  note: text().primaryKey(),
  /** Simulated time, ISO 8601 in UTC. Null if the note was never sent, because it does not concern this installation. */
  sentAt: text('sent_at'),
  /** The order of insertion. */
  inserted: long('inserted').generatedByDefaultAsIdentity(),
});

export const webMessages = pgTable(
  'web_messages',
  {
    key: text().primaryKey(),
    destination: text().notNull(),
    thread: text(),
    message: json().$type<Message>().notNull(),
    /** System time, milliseconds since 1970. */
    sentAt: long('sent_at').notNull(),
    /** The order of insertion. */
    inserted: long('inserted').generatedByDefaultAsIdentity(),
  },
  (table) => [index('web_messages_place').on(table.destination, table.thread)],
);

export const savedPapers = pgTable(
  'saved_papers',
  {
    person: text().notNull(),
    paperId: text('paper_id').notNull(),
    at: text().notNull(),
    /** The order of insertion. */
    inserted: long('inserted').generatedByDefaultAsIdentity(),
  },
  (table) => [primaryKey({ columns: [table.person, table.paperId] })],
);

export const readPapers = pgTable(
  'read_papers',
  {
    person: text().notNull(),
    paperId: text('paper_id').notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.person, table.paperId] })],
);

/** Identities with the same link id are one person. */
export const links = pgTable(
  'links',
  {
    person: text().primaryKey(),
    linkId: text('link_id').notNull(),
    at: text().notNull(),
  },
  (table) => [index('links_link').on(table.linkId)],
);

/** The code of an identity that links another one to it. */
export const linkCodes = pgTable('link_codes', {
  person: text().primaryKey(),
  /** A hash of the code. */
  code: text().notNull().unique(),
  at: text().notNull(),
});

/** The last numbered list of papers that a person was shown at a destination. Times are simulated time. */
export const shownLists = pgTable(
  'shown_lists',
  {
    person: text().notNull(),
    destination: text().notNull(),
    /** Id of the message whose thread it was shown in; empty outside threads. */
    thread: text().notNull(),
    /** Number of the first paper. */
    first: integer().notNull(),
    paperIds: json('paper_ids').$type<readonly string[]>().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.person, table.destination] })],
);

/** A person's last question in a thread, or outside threads if the thread is empty. Times are simulated time. */
export const askedQuestions = pgTable(
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
