import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseDatabaseUrl } from '../config/database-url.ts';
import { environmentVariables } from '../config/environment.ts';
import { platforms } from '../src/chat/platforms.ts';
import { roles } from '../src/core/role.ts';

const serviceSchema = z.looseObject({
  image: z.string().optional(),
  build: z.unknown().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  depends_on: z
    .union([
      z.array(z.string()).transform((names) => Object.fromEntries(names.map((name) => [name, {}]))),
      z.looseObject({}),
    ])
    .default({}),
});
const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  configs: z.record(z.string(), z.object({ content: z.string() })).default({}),
});

const read = async (file: string) =>
  composeSchema.parse(parse(await readFile(join(import.meta.dirname, '..', file), 'utf8'), { merge: true }));

describe.each(['compose.yaml', 'compose.scale.yaml'])('%s', (file) => {
  it('sets only variables that Paperboy reads, in services that depend on others in the file', async () => {
    const { services } = await read(file);
    const known = Object.keys(environmentVariables(platforms));
    for (const { build, environment, depends_on } of Object.values(services)) {
      if (build !== undefined) for (const name of Object.keys(environment)) expect(known).toContain(name);
      for (const name of Object.keys(depends_on)) expect(Object.keys(services)).toContain(name);
    }
  });

  it('is reached from this machine only', async () => {
    const ports = Object.values((await read(file)).services).flatMap((service) => service.ports);
    expect(ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:3210:/)]);
  });
});

describe('compose.scale.yaml', () => {
  it('has every role but the one that does all, and a proxy in front of the pages', async () => {
    const { services, configs } = await read('compose.scale.yaml');
    const used = Object.values(services).flatMap(({ environment }) => environment.PAPERBOY_ROLE ?? []);
    expect(used.toSorted()).toEqual(roles.filter((role) => role !== 'all').toSorted());
    const [, upstream = '', port = ''] = /dynamic a (\S+) (\d+)/.exec(configs.caddyfile?.content ?? '') ?? [];
    expect(services[upstream]?.environment.PAPERBOY_ROLE).toBe('web');
    expect(services[upstream]?.environment.PAPERBOY_HTTP).toBe(`0.0.0.0:${port}`);
  });

  it('uses one database, which it migrates first', async () => {
    const { services } = await read('compose.scale.yaml');
    const own = Object.entries(services).filter(([, { build }]) => build !== undefined);
    const urls = new Set(own.map(([, { environment }]) => environment.DATABASE_URL));
    expect(urls.size).toBe(1);
    const [url = ''] = urls;
    const { kind } = parseDatabaseUrl((url ?? '').replace(/\$\{.*?\}/, 'password'));
    expect(kind).toBe('postgres');
    for (const [name, { depends_on }] of own)
      expect(depends_on).toHaveProperty(name === 'migrate' ? 'postgres' : 'migrate');
  });
});
