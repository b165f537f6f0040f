import { describe, expect, it } from 'vitest';
import { systemFault } from '../../src/core/errors.ts';

const withCode = (code: string): Error => Object.assign(new Error('failed'), { code });

describe('systemFault', () => {
  const textOf = (error: unknown): string => {
    const { what, fix } = systemFault(error) ?? {};
    return `${what}. ${fix}.`;
  };

  it.each([
    ['SQLITE_FULL', /^The disk is full\. Free some space/],
    ['ENOSPC', /^The disk is full\./],
    ['SQLITE_BUSY', /in use by another process\. Stop that process/],
    ['SQLITE_BUSY_SNAPSHOT', /in use by another process/],
    ['SQLITE_READONLY_DBMOVED', /cannot be written/],
    ['SQLITE_CORRUPT_VTAB', /damaged\. Stop Paperboy and restore a backup/],
    ['SQLITE_IOERR_WRITE', /cannot be read or written/],
    ['EMFILE', /Too many files/],
  ])('says what %s means', (code, says) => {
    expect(textOf(withCode(code))).toMatch(says);
    expect(textOf(new Error('query failed', { cause: withCode(code) }))).toMatch(says);
  });

  it('leaves bugs alone', () => {
    expect(systemFault(new TypeError('x is undefined'))).toBeUndefined();
    expect(systemFault(withCode('SQLITE_CONSTRAINT'))).toBeUndefined();
    expect(systemFault('text')).toBeUndefined();
  });
});
