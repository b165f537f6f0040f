import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { z } from 'zod';

/**
 * A process, so that no other is ever mistaken for it: `boot` tells two starts of a machine apart, `pids` the containers
 * of one machine, which number their processes separately, and `began` two processes with one number.
 */
const ownerSchema = z.object({
  host: z.string(),
  /** The boot id on Linux, elsewhere the time of the boot in seconds since 1970. */
  boot: z.union([z.string(), z.number()]),
  pids: z.string().optional(),
  pid: z.int(),
  began: z.string().optional(),
  id: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

/** Where Linux describes processes. */
export type ProcFolder = { proc: string };
const system: ProcFolder = { proc: '/proc' };

/** Seconds by which two readings of a boot's time may differ. */
const bootTolerance = 5;

const readOrNothing = (read: () => string): string | undefined => {
  try {
    return read().trim();
  } catch {
    return undefined;
  }
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** The start of a process in clock ticks since the boot; undefined if it has ended or cannot be read. */
const readProcess = (pid: number, { proc }: ProcFolder): { began: string | undefined; hasEnded: boolean } => {
  const stat = readOrNothing(() => readFileSync(`${proc}/${pid}/stat`, 'utf8'));
  // The name, in parentheses, may contain anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const [state = '', ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return { began: fields[18], hasEnded: /^[ZXx]$/.test(state) };
};

type Self = Omit<Owner, 'id'>;

/** It never changes, and every lease that is waited for asks twice a second. */
const selves = new WeakMap<ProcFolder, Self>();

const readSelf = (from: ProcFolder): Self => {
  const self = selves.get(from) ?? {
    host: hostname(),
    boot:
      readOrNothing(() => readFileSync(`${from.proc}/sys/kernel/random/boot_id`, 'utf8')) ??
      Math.round(Date.now() / 1000 - uptime()),
    pids: readOrNothing(() => readlinkSync(`${from.proc}/self/ns/pid`)),
    pid: process.pid,
    began: readProcess(process.pid, from).began,
  };
  selves.set(from, self);
  return self;
};

const isSameBoot = (one: Owner['boot'], other: Owner['boot']): boolean =>
  typeof one === 'number' && typeof other === 'number' ? Math.abs(one - other) <= bootTolerance : one === other;

/** The leases that this process holds or waits for, by id. */
const own = new Set<string>();

export const createOwner = (id: string, from = system): string => {
  own.add(id);
  return JSON.stringify({ ...readSelf(from), id } satisfies Owner);
};

export const forgetOwner = (id: string): void => void own.delete(id);

export const readOwner = (owner: string): Owner | undefined => {
  try {
    return ownerSchema.safeParse(JSON.parse(owner)).data;
  } catch {
    return undefined;
  }
};

const isSameMachine = (one: Self, other: Self): boolean =>
  isSameBoot(one.boot, other.boot) &&
  one.pids === other.pids &&
  // Boot ids are unique, but machines without them may have started together.
  (typeof one.boot === 'string' || one.host === other.host);

/** In a container, many processes have the same number. */
const isSelf = (holder: Self, self: Self): boolean =>
  isSameMachine(holder, self) && holder.pid === self.pid && holder.began === self.began;

export const isOwnProcess = (holder: Owner): boolean => isSelf(holder, readSelf(system));

/**
 * Whether the process that holds a lease still runs. `unknown` if it is not of this machine, this boot and this
 * container, or if its number may belong to another process by now.
 */
export const stateOf = (owner: string, from = system): 'alive' | 'dead' | 'unknown' => {
  const holder = readOwner(owner);
  const self = readSelf(from);
  if (!holder || !isSameMachine(holder, self)) return 'unknown';
  if (isSelf(holder, self)) return own.has(holder.id) ? 'alive' : 'dead';
  const { began, hasEnded } = readProcess(holder.pid, from);
  if (hasEnded) return 'dead';
  if (began !== undefined && holder.began !== undefined) return began === holder.began ? 'alive' : 'dead';
  try {
    process.kill(holder.pid, 0);
    return 'unknown';
  } catch (error) {
    // Another user's process refuses the signal.
    return codeOf(error) === 'ESRCH' ? 'dead' : 'unknown';
  }
};
