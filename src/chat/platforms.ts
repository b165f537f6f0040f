import type { PlatformDescriptor } from '../core/platform.ts';
import { terminal } from './console/descriptor.ts';
import { discord } from './discord/descriptor.ts';
import { slack } from './slack/descriptor.ts';
import { web } from './web/descriptor.ts';

/** The one list of chat platforms: a new one is a folder and a line here. Help and errors name them in this order. */
export const platforms: readonly PlatformDescriptor[] = [slack, discord, web, terminal];
