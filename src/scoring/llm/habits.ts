import type { ModelHabits } from '../../core/score.ts';
import type { ModelHabitStore } from '../../core/stores.ts';

/** What a model's server accepts, and which sizes it can answer: learned from its answers, kept from run to run. */
export type Habits = {
  load(): Promise<void>;
  current(): Readonly<ModelHabits>;
  change(changes: Partial<ModelHabits>): void;
  /** Stores what has changed since the last time. */
  save(): Promise<void>;
};

const first: ModelHabits = { form: 'schema', limit: 'max_completion_tokens', temperature: true };

/** Servers are upgraded, so habits are forgotten after this time. */
const maxAgeMs = 30 * 86_400_000;

export type HabitParts = { store: ModelHabitStore; server: string; model: string; now: () => Date };

/** Without a store, habits last as long as the process. */
export const createHabits = (parts?: HabitParts): Habits => {
  let habits = first;
  let isChanged = false;

  const read = async (): Promise<void> => {
    if (!parts) return;
    const stored = await parts.store.find(parts.server, parts.model);
    if (stored && parts.now().getTime() - Date.parse(stored.at) < maxAgeMs) habits = { ...habits, ...stored.habits };
  };
  let reading: Promise<void> | undefined;

  return {
    load: () => {
      reading ??= read();
      return reading;
    },
    current: () => habits,
    change: (changes) => {
      const isNew = Object.entries(changes).some(([name, value]) => habits[name as keyof ModelHabits] !== value);
      if (isNew) [habits, isChanged] = [{ ...habits, ...changes }, true];
    },
    save: async () => {
      if (!parts || !isChanged) return;
      isChanged = false;
      await parts.store.save(parts.server, parts.model, habits, parts.now().toISOString());
    },
  };
};
