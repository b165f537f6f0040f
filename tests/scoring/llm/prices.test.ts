import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { costUsd, parsePrices, readPrices, usageOf } from '../../../src/scoring/llm/budget.ts';

const shipped = parsePrices(JSON.parse(readFileSync(new URL('../../../config/prices.json', import.meta.url), 'utf8')));
const price = { prompt: 2, cachedPrompt: 0.5, completion: 8, source: 'https://example.org/', date: '2024-01-01' };

describe('the price table', () => {
  test('prices cached tokens separately', () => {
    expect(costUsd({ prompt: 1_000_000, cached: 400_000, completion: 100_000 }, price)).toBeCloseTo(
      1.2 + 0.2 + 0.8,
      12,
    );
  });

  test('counts at most as many cached tokens as the prompt has', () => {
    expect(costUsd({ prompt: 1000, cached: 5000, completion: 0 }, price)).toBeCloseTo(0.0005, 12);
    expect(usageOf({ prompt: 1000, cached: 5000, completion: 0 }, price).cachedTokens).toBe(1000);
  });

  test('uses the price of the model for a dated snapshot that is not listed', () => {
    expect(shipped.of('gpt-4o-2024-08-06')).toBe(shipped.of('gpt-4o'));
    expect(shipped.of('gpt-4o-mini-2024-07-18')).toBe(shipped.of('gpt-4o-mini'));
    expect(shipped.of('gpt-4o-2024-05-13')?.prompt).toBe(5);
  });

  test('does not match other names that begin like a listed one', () => {
    expect(shipped.of('gpt-4o-audio-preview')).toBeUndefined();
    expect(shipped.of('llama3')).toBeUndefined();
  });

  test('leaves the cost undefined if the price is unknown', () => {
    expect(usageOf({ prompt: 10, cached: 0, completion: 5 }, undefined)).toEqual({
      promptTokens: 10,
      cachedTokens: 0,
      completionTokens: 5,
      costUsd: undefined,
    });
  });

  test('say how to restore a file that is damaged or missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paperboy-prices-'));
    const file = join(folder, 'prices.json');
    await expect(readPrices(file)).rejects.toThrow(/prices\.json cannot be read .*Restore it with git checkout/);
    writeFileSync(file, '{"models": {"gpt');
    await expect(readPrices(file)).rejects.toThrow(UserError);
    await expect(readPrices(file)).rejects.toThrow(/is damaged: it is not JSON\. Restore it with git checkout/);
    rmSync(folder, { recursive: true });
  });

  test('names the faults of an invalid file', () => {
    const models = { mine: { ...price, completion: '8' } };
    expect(() => parsePrices({ models }, 'config/prices.json')).toThrow(UserError);
    expect(() => parsePrices({ models }, 'config/prices.json')).toThrow(
      /config\/prices\.json[\s\S]*models\.mine\.completion/,
    );
  });
});
