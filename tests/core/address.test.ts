import { describe, expect, it } from 'vitest';
import { platformOf } from '../../src/core/addresses.ts';
import { UserError } from '../../src/core/errors.ts';

describe('the platform of an address', () => {
  it.each([
    ['slack:C01GEN', 'slack'],
    ['slack:T01TEAM:C01GEN', 'slack'],
    ['discord:1098765432101234567', 'discord'],
    ['web', 'web'],
    ['console', 'console'],
    ['console:local:admin', 'console'],
  ])('of %s is %s', (address, platform) => {
    expect(platformOf(address)).toBe(platform);
  });

  it.each(['', 'Slack:C1', 'irc:#papers', ':slack', 'C01GEN', ' slack:C1', 'constructor'])(
    'of %j is none, and a sentence says what to write',
    (address) => {
      expect(() => platformOf(address)).toThrow(UserError);
      expect(() => platformOf(address)).toThrow('Write one of slack, discord, web, console first.');
    },
  );
});
