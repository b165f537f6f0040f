/** What a new version changes for the people who run it. */
export type UpdateNote = {
  /** Stored, so it must never change. */
  id: string;
  /** The heading of CHANGELOG.md under which the change is listed. */
  version: string;
  /** The note concerns only installations that use this. */
  needs?: 'language model' | 'Slack' | 'web secret';
  text: string;
};

/** Which notes the admins need no more: they got them, or the notes do not concern this installation. */
export type UpdateNoteStore = {
  /** `sentAt` is undefined if the note was never sent. */
  settled(): Promise<{ note: string; sentAt: string | undefined }[]>;
  /** Notes that are settled already stay as they are. */
  settle(notes: readonly string[], sentAt: string | undefined): Promise<void>;
};
