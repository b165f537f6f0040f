import type { PlatformDescriptor } from '../core/platform.ts';
import { terminal } from './console/descriptor.ts';
import { discord } from './discord/descriptor.ts';
import { slack } from './slack/descriptor.ts';
import { web } from './web/descriptor.ts';

/**
 * All chat platforms. A new platform needs a folder and an entry here. Help and errors list platforms in this order.
 */
export const platforms: readonly PlatformDescriptor[] = [slack, discord, web, terminal];
