import { isIP } from 'node:net';
import { Cron } from 'croner';
import { z } from 'zod';
import { Secret } from '../src/core/secret.ts';
import { complain, quote, write } from './problems.ts';
import { isTimeZone, nearestZone } from './time-zones.ts';

export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .int(write(`a whole number from ${minimum} to ${maximum}`))
    .min(minimum)
    .max(maximum);

export const text = (instead: string) => z.string(write(instead)).trim().min(1);

/** In characters. A shorter secret is easy to guess. */
const minWebSecretLength = 12;
const newWebSecret = `at least ${minWebSecretLength} characters, such as the output of "openssl rand -hex 16"`;

/** What is wrong with a secret for the web page, without quoting it; undefined if it is valid. */
export const webSecretFault = (value: unknown): string | undefined => {
  if (value === null) return `is empty; write ${newWebSecret}, or leave it out`;
  if (typeof value !== 'string') return `is not text; put it in quotes, and write ${newWebSecret}`;
  return value.trim().length < minWebSecretLength ? `is too short; write ${newWebSecret}` : undefined;
};

export const webSecret = z
  .unknown()
  .superRefine((value, context) => {
    const fault = value === undefined ? undefined : webSecretFault(value);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  })
  .transform((value) => (typeof value === 'string' ? new Secret(value.trim()) : undefined))
  .optional();

const isNetwork = (written: string): boolean => {
  const [, address = '', bits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(written) ?? [];
  const version = isIP(address);
  return version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128));
};

/** An IP address, or a network such as `10.0.0.0/8`. */
export const network = text('an address such as 127.0.0.1, or a network such as 10.0.0.0/8').refine(
  isNetwork,
  complain(
    (written) => `${quote(written)} is not an IP address; write one such as 127.0.0.1, or a network such as 10.0.0.0/8`,
  ),
);

/** What to write instead; undefined if the name is valid. */
export const channelNameFault = (name: string): string | undefined => {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name)) return 'write a name of up to 40 letters, digits, - and _';
  // The web page's styles are in a folder with that name.
  return name.toLowerCase() === 'assets' ? 'write another name, because the pages use this one' : undefined;
};

const minKeptMonths = 6;

/** Months in a time such as "18 months" or "2 years"; null for "forever", and undefined if it is none or too short. */
export const keptMonths = (written: string): number | null | undefined => {
  if (written === 'forever') return null;
  const [, count = '', unit = ''] = /^(\d{1,3}) (month|year)s?$/.exec(written) ?? [];
  const months = Number(count) * (unit === 'year' ? 12 : 1);
  return months >= minKeptMonths ? months : undefined;
};

const howLong = `forever, or at least ${minKeptMonths} months, such as 2 years`;

export const keptTime = text(howLong).refine(
  (written) => keptMonths(written) !== undefined,
  complain((written) => `${quote(written)} is not a time to keep papers; write ${howLong}`),
);

export const timeZoneFault = (name: string): string | undefined =>
  isTimeZone(name) ? undefined : timeZoneComplaint(name);

const timeZoneComplaint = (name: string): string => {
  const near = nearestZone(name);
  return `${quote(name)} is not a time zone; ${near ? `did you mean "${near}"?` : 'write an IANA name such as Europe/Berlin'}`;
};

export const timeZone = text('an IANA time zone such as Europe/Berlin').refine(isTimeZone, complain(timeZoneComplaint));

/** What is wrong, such as "it never runs"; undefined if the schedule is valid. */
export const cronFault = (pattern: string): string | undefined => {
  // croner also accepts dates and a field for seconds.
  if (pattern.split(/\s+/).length !== 5) return 'it needs five parts: minute, hour, day of month, month, day of week';
  try {
    return new Cron(pattern, { paused: true, mode: '5-part' }).nextRun() ? undefined : 'it never runs';
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
};

export const cron = text('a cron expression such as "0 9 * * 1-5"').refine(
  (pattern) => cronFault(pattern) === undefined,
  complain(
    (pattern) =>
      `${quote(pattern)} is not a schedule: ${cronFault(pattern)}; write a cron expression such as "0 9 * * 1-5"`,
  ),
);
