import { parentPort, workerData } from 'node:worker_threads';
import { platforms } from '../../src/chat/platforms.ts';
import { createClock } from '../../src/core/clock.ts';
import { errorText } from '../../src/core/errors.ts';
import type { PlatformHandlers, PlatformParts } from '../../src/core/platform.ts';
import { useProxies } from '../../src/core/proxy.ts';
import { Secret } from '../../src/core/secret.ts';
import { quietLogger } from '../fakes/logger.ts';

// Connects a platform through a proxy, in a thread, because the proxy must be set before the platform's SDK is loaded,
// which other tests have done in their own thread. Posts why listening failed.
export type ProxiedPlatform = { name: string; apiUrl: string; tokens: Record<string, string>; proxy: string };

const { name, apiUrl, tokens, proxy } = workerData as ProxiedPlatform;
useProxies({ http: proxy, https: proxy, except: '' });
const descriptor = platforms.find((one) => one.name === name);
if (!descriptor) throw new Error(`no platform ${name}`);
const secrets = Object.fromEntries(Object.entries(tokens).map(([field, token]) => [field, new Secret(token)]));
const parts = { clock: createClock(), logger: quietLogger, commands: [] } as unknown as PlatformParts;
const platform = await descriptor.create({ ...secrets, apiUrl }, parts);
await platform.connect();
await platform.listen({} as PlatformHandlers).catch((error: unknown) => parentPort?.postMessage(errorText(error)));
