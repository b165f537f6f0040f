import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { parseCommand } from '../../src/chat/language/parse.ts';
import { createWebApp } from '../../src/chat/web/app.ts';
import { UserError } from '../../src/core/errors.ts';
import { saveDigest } from '../fakes/digest.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { createWeb } from '../fakes/web.ts';
import { fuzzing, mutated } from './mutations.ts';

const inputs = [
  'top 5 this week by votes from "Ada Lovelace"',
  'search gears since 2025-07-01 author Lovelace cat cs.LG page 2',
  'rescore 2507.00001 2507.00002 on 8 July',
  'schedule weekdays at 9:30 in Europe/Berlin',
  'follow "Lovelace, Ada" id 12345',
  'topics edit',
];
const now = new Date('2025-07-08T13:00:00Z');

describe('a broken command', () => {
  it('is read or refused with an explanation', () => {
    fc.assert(
      fc.property(mutated(...inputs), (text) => {
        try {
          expect(parseCommand(text, commands, now).command.name).not.toBe('');
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message.trim()).not.toBe('');
        }
      }),
      fuzzing,
    );
  });
});

describe('a broken web request', () => {
  let web: ReturnType<typeof createWeb>;
  beforeEach(async () => {
    web = createWeb();
    await saveDigest(web.stores, [paperOf('2507.00001')]);
  });
  afterEach(() => web.close());

  const path = mutated(
    ...['/foundations/2025-07-08.html', '/foundations/', '/', '/foundations/2025-07-08.json', '/foundations/feed.xml'],
    ...['/saved?as=bibtex&page=2', '/assets/style.css', '/healthz', '/metrics', '/sign-in?to=/foundations/', '/vote'],
  ).map((text) => `/${text.replace(/^\/+/, '')}`);
  const header = fc.tuple(
    fc.constantFrom('host', 'cookie', 'origin', 'accept', 'if-none-match', 'content-type', 'x-forwarded-for', 'range'),
    mutated('localhost:3210', 'person=abc.def; token=x', 'application/x-www-form-urlencoded', '"tag"', 'bytes=0-9'),
  );

  it('gets an answer that is no failure of the server', async () => {
    const app = createWebApp(web.parts);
    await fc.assert(
      fc.asyncProperty(
        ...[path, fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS')],
        ...[fc.array(header, { maxLength: 4 }), mutated('text=top+5&paper=2507.00001&vote=up', '{"text":"top 5"}')],
        async (target, method, pairs, body) => {
          const headers = new Headers();
          for (const [name, value] of pairs) {
            // Node refuses the others before the program sees them.
            if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) headers.set(name, value.trim());
          }
          const url = URL.parse(target, 'http://localhost:3210');
          if (url?.host !== 'localhost:3210') return;
          const hasBody = method === 'POST' || method === 'PUT';
          const stop = new AbortController();
          const answer = await app.request(
            new Request(url, { method, headers, signal: stop.signal, ...(hasBody && { body }) }),
          );
          expect(answer.status).toBeLessThan(500);
          stop.abort();
          await answer.body?.cancel();
        },
      ),
      fuzzing,
    );
  });
});
