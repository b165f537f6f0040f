import { createRandom } from '../evaluation/metrics.ts';
import { type Archive, archiveChannel } from './archive.ts';

const parallel = 2;

/** Commands that people send, on anything in an archive; the same each time. */
const createCommands = ({ words, dates, ids }: Archive): (() => string) => {
  const random = createRandom(1);
  const pick = (list: readonly string[], from = 0, to = list.length): string =>
    list[from + Math.floor(random() * (Math.min(to, list.length) - from))] ?? '';
  // Function words come first in the list, and queries ignore them.
  const common = () => pick(words, 28, 80);
  const kinds = [
    () => `top ${pick(dates)}`,
    () => `top 20 ${pick(dates).slice(0, 7)}`,
    () => `show ${pick(ids)}`,
    () => `search ${common()}`,
    () => `search ${pick(words, 10_000, 60_000)}`,
    () => `search ${common()} ${pick(words, 100, 2_000)}`,
    () => `similar ${pick(ids)}`,
    () => 'help',
  ];
  let sent = 0;
  return () => {
    sent += 1;
    return (kinds[sent % kinds.length] as () => string)();
  };
};

/** Sends commands to the web page, two at a time. @throws Error if one is not answered. */
export const sendCommands = async (url: string, archive: Archive, count: number): Promise<void> => {
  const cookie = (await fetch(url)).headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  const next = createCommands(archive);
  let left = count;
  const send = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const text = next();
      const answer = await fetch(`${url}${archiveChannel}/commands`, {
        method: 'POST',
        headers: { cookie, accept: 'text/html-fragment', 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ text, page: 'index.html' }),
      });
      const body = await answer.text();
      if (answer.status !== 200 || body === '') throw new Error(`${text}: ${answer.status} ${body.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, send));
};
