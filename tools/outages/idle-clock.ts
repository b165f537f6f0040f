// Loaded into a process with `--import`. While the process waits, its time runs OUTAGES_SPEED times as fast. While it
// computes, and at the start of a request, whose answer takes a moment from a busy machine, it runs as fast as the
// system's. All clocks and timers of the process agree. Hosts that end in .test are on this machine; the file
// OUTAGES_HOSTS may name one and how the search for it fails.
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import timers from 'node:timers';
import promises from 'node:timers/promises';
import { promisify } from 'node:util';

const speed = Number(process.env.OUTAGES_SPEED ?? '1');
const hostsFile = process.env.OUTAGES_HOSTS ?? '';

/** Milliseconds that a server on this machine gets for its answer before time runs fast. */
const answerMs = 1_500;
const bodyMs = 30;

const systemMs = performance.now.bind(performance);
const idleMs = (): number => performance.nodeTiming.idleTime;

/** Until `at`, with the speed of idle time since then. */
let counted = { total: systemMs(), at: systemMs(), idle: idleMs(), speed };
const passed = (): number => {
  const { total, at, idle } = counted;
  return total + (systemMs() - at) + (counted.speed - 1) * (idleMs() - idle);
};
const setSpeed = (next: number): void => {
  counted = { total: passed(), at: systemMs(), idle: idleMs(), speed: next };
};
const startedAt = Date.now() - systemMs();
const now = (): number => Math.floor(startedAt + passed());

performance.now = passed;
globalThis.Date = new Proxy(Date, {
  construct: (target, args) => (args.length === 0 ? new target(now()) : Reflect.construct(target, args)),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});

/** The part of Node's timer that says how long it runs after `refresh`. */
type Timer = NodeJS.Timeout & { _idleTimeout: number };

const systemTimeout = timers.setTimeout;
const systemInterval = timers.setInterval;
/** At the earliest; a timer that ends too early goes on. */
const realMs = (ms: number): number => Math.max(1, ms / speed);

const setTimeout = ((callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): NodeJS.Timeout => {
  const delay = Math.max(1, Number(ms) || 1);
  let due = passed() + delay;
  const timer = systemTimeout(() => {
    // It has computed meanwhile, which takes its own time.
    const left = due - passed();
    if (left <= 0) callback(...args);
    else restart(left);
  }, realMs(delay)) as Timer;
  const refresh = timer.refresh.bind(timer);
  const restart = (left: number): void => {
    timer._idleTimeout = Math.ceil(realMs(left));
    refresh();
  };
  timer.refresh = () => {
    due = passed() + delay;
    restart(delay);
    return timer;
  };
  return timer;
}) as typeof timers.setTimeout;

const setInterval = ((callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
  systemInterval(callback, realMs(Number(ms) || 1), ...args)) as typeof timers.setInterval;

const sleep = <T>(ms?: number, value?: T, { signal, ref = true }: { signal?: AbortSignal; ref?: boolean } = {}) =>
  new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(Object.assign(new Error('The operation was aborted', { cause: signal?.reason }), { name: 'AbortError' }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve(value as T);
    }, ms);
    if (!ref) timer.unref();
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });

Object.defineProperty(setTimeout, promisify.custom, { value: sleep });
Object.assign(globalThis, { setTimeout, setInterval });
Object.assign(timers, { setTimeout, setInterval });
Object.assign(promises, { setTimeout: sleep });

AbortSignal.timeout = (ms) => {
  const aborter = new AbortController();
  const end = (): void => aborter.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  setTimeout(end, ms).unref();
  return aborter.signal;
};

/** Requests and connections that were begun a moment ago. */
const young = new Set<object>();
/** @returns What ends it, if it is answered sooner. */
const begin = (): (() => void) => {
  const one = {};
  young.add(one);
  setSpeed(1);
  const end = (): void => {
    clearTimeout(timer);
    if (young.delete(one) && young.size === 0) setSpeed(speed);
  };
  const timer = systemTimeout(end, answerMs).unref();
  return end;
};

const systemFetch = globalThis.fetch;
globalThis.fetch = (...request) => {
  const end = begin();
  const answer = systemFetch(...request);
  // The body follows.
  answer.then(() => void systemTimeout(end, bodyMs).unref(), end);
  return answer;
};

const { connect } = net;
const connectSlowly = ((...to: Parameters<typeof connect>) => {
  const end = begin();
  return connect(...to)
    .once('close', end)
    .once('connect', () => void systemTimeout(end, bodyMs).unref());
}) as typeof connect;
Object.assign(net, { connect: connectSlowly, createConnection: connectSlowly });

const systemLookup = dns.lookup;

const hostFault = (): string => {
  try {
    return readFileSync(hostsFile, 'utf8');
  } catch {
    return '';
  }
};

const lookup = (host: string, ...rest: unknown[]): void => {
  const done = rest.at(-1) as (error: Error | null, address?: unknown, family?: number) => void;
  const options = rest.length > 1 ? rest[0] : undefined;
  const [faulty, fault] = hostFault().split(' ');
  if (!host.endsWith('.test')) (systemLookup as (...args: unknown[]) => void)(host, ...rest);
  else if (host === faulty && fault === 'missing') {
    const details = { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host };
    process.nextTick(done, Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), details));
  } else if (host !== faulty) {
    const isAll = typeof options === 'object' && options !== null && 'all' in options && options.all;
    const found = { address: '127.0.0.1', family: 4 };
    if (isAll) process.nextTick(done, null, [found]);
    else process.nextTick(done, null, found.address, found.family);
  }
};
Object.assign(dns, { lookup });
syncBuiltinESMExports();
