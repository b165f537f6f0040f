import type { PlatformDescriptor } from '../../core/platform.ts';

export const web: PlatformDescriptor = {
  name: 'web',
  label: 'the web page',
  example: 'web',
  parseAddress: (written) =>
    written === 'web' ? { tenant: undefined, id: 'web' } : { fault: 'has extra text; write only web' },
  hasDestinationPerChannel: true,
  variables: {},
  readEnvironment: () => ({}),
  create: async (_, parts) => parts.web,
};
