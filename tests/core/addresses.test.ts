import { describe, expect, it } from 'vitest';
import { platformOf } from '../../src/core/addresses.ts';

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
});
