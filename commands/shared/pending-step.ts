import { type Command, type CommandContext, defineCommand } from '../../src/core/command.ts';
import type { Answer } from '../../src/core/message.ts';

/** An option for the number of a change. */
export const changeNumber = (description: string) =>
  ({ type: 'integer', description, minimum: 0, maximum: 1e12 }) as const;

/** A hidden command that buttons and forms run with the number of a pending edit. */
export const pendingStep = (
  path: string,
  summary: string,
  run: (context: CommandContext, id: number) => Promise<Answer>,
): Command =>
  defineCommand({
    name: path.split(' ').at(-1) ?? path,
    summary,
    examples: [`${path} 12`],
    rights: 'managers',
    isHidden: true,
    options: { draft: changeNumber('number of the pending edit') },
    run: (context, { draft = 0 }) => run(context, draft),
  });
