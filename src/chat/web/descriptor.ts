import type { PlatformDescriptor } from '../../core/platform.ts';

export const web: PlatformDescriptor = {
  name: 'web',
  label: 'the web page',
  example: 'web',
  parseAddress: (written) =>
    written === 'web' ? { tenant: undefined, id: 'web' } : { fault: 'has too much; write web alone' },
  hasDestinationPerChannel: true,
  variables: {},
  readEnvironment: () => ({}),
  create: async (_, parts) => parts.web,
};
