import type { CommandEntry } from '../src/core/command.ts';
import { help } from './help.ts';
import { top } from './top.ts';

/** Everything that people can ask, in the order in which help shows it. */
export const commands: readonly CommandEntry[] = [top, help];
