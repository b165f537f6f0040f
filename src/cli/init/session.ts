import type { Draft } from '../../setup/draft.ts';
import type { Setup } from '../../setup/setup.ts';
import type { Prompts } from './prompts.ts';

export type InitFlags = {
  read?: string;
  like?: string[];
  categories?: string;
  papersPerDay?: number;
  channel?: string;
  timezone?: string;
  schedule?: string;
  model?: string;
  modelUrl?: string;
  openaiKey?: string;
  slack?: string;
  slackBotToken?: string;
  slackAppToken?: string;
  discord?: string;
  discordToken?: string;
  admin?: string[];
  first?: 'post' | 'wait' | 'print' | 'none';
  yes: boolean;
};

export type Session = {
  setup: Setup;
  flags: InitFlags;
  draft: Draft;
  prompts: Prompts;
  /** False if every answer must come from flags and defaults. */
  isInteractive: boolean;
  signal: AbortSignal;
};
