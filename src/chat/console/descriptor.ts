import type { PlatformDescriptor } from '../../core/platform.ts';

export const terminal: PlatformDescriptor = {
  name: 'console',
  label: 'the terminal',
  example: 'console',
  parseAddress: (written) =>
    written === 'console' ? { tenant: undefined, id: 'console' } : { fault: 'has extra text; write only console' },
  cannot: ['threads', 'edits', 'reactions', 'buttons', 'forms', 'progress', 'find'],
  variables: {},
  readEnvironment: () => ({}),
  async create(_, { output, input, progress }) {
    const { createConsolePlatform } = await import('./index.ts');
    return createConsolePlatform({ output, input, progress });
  },
};
