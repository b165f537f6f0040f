import { setTimeout as delay } from 'node:timers/promises';
import { timeRequest } from './requests.ts';

// Requests an address every few milliseconds until its input ends, and writes as JSON the milliseconds of each request and the
// number of those that failed. A process of its own, because the model server keeps its process busy: `node poll.ts URL`.

const pauseMs = 50;

const [url = ''] = process.argv.slice(2);
const times: number[] = [];
let failed = 0;
let isOver = false;
process.stdin.resume().once('end', () => {
  isOver = true;
});
while (!isOver) {
  try {
    times.push(await timeRequest(url));
  } catch {
    failed += 1;
  }
  await delay(pauseMs);
}
console.log(JSON.stringify({ times, failed }));
