import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

// Requests an address every few milliseconds until its input ends, and writes as JSON the milliseconds of each request and the
// reasons of those that failed. A process of its own, because the model server keeps its process busy: `node poll.ts URL`.

const pauseMs = 50;

/** A service that is still starting says so with this status, and that is an answer. */
const starting = 503;

/**
 * Each request has a connection of its own, as those of health checks have. A server closes a connection that was idle for
 * seconds, and on a busy machine this process may find out only after it has sent the next request.
 */
const answerOf = async (url: string): Promise<{ status: number | undefined; body: string }> => {
  const [response]: IncomingMessage[] = await once(get(url, { agent: false }), 'response');
  if (!response) throw new Error('no answer');
  return { status: response.statusCode, body: await text(response) };
};

const [url = ''] = process.argv.slice(2);
const times: number[] = [];
const failures: string[] = [];
let isOver = false;
process.stdin.resume().once('end', () => {
  isOver = true;
});
while (!isOver) {
  const began = performance.now();
  try {
    const { status, body } = await answerOf(url);
    times.push(performance.now() - began);
    if (status !== 200 && !(status === starting && body.includes('"starting"'))) failures.push(`status ${status}`);
  } catch (error) {
    failures.push(String(error));
  }
  await delay(pauseMs);
}
console.log(JSON.stringify({ times, failures }));
