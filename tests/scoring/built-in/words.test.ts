import { describe, expect, it } from 'vitest';
import { canNameSubject } from '../../../src/scoring/built-in/lexicon.ts';

describe('a phrase that can name a subject', () => {
  it.each([
    ...[
      'quantization',
      'diffusion',
      'transformers',
      'reasoning',
      'attention',
      'sparsity',
      'lora',
      'retrieval',
      'graphs',
    ],
    ...['weight quantization', 'federated learning', 'diffusion models', 'graph neural', 'human feedback', 'low-rank'],
    ...['fine-tuning', 'reinforcement learning', 'time series', 'llm agents', 'image generation', 'scaling laws'],
  ])('can be %j', (phrase) => expect(canNameSubject(phrase)).toBe(true));

  it.each([
    ...['enhance', 'enhances', 'free', 'llm', 'llms', 'large', 'efficient', 'limited', 'diverse', 'novel', 'language'],
    ...['large language', 'language models', 'enhance reasoning', 'training-free', 'quantization significantly'],
    ...[
      'deep learning',
      'model',
      'trained',
      'compared',
      'requirement',
      'additionally',
      'federated',
      'physical',
      'actively',
      'sparsify',
      "llms' graphs",
      'ab',
      `x${'y'.repeat(40)}`,
    ],
  ])('cannot be %j', (phrase) => expect(canNameSubject(phrase)).toBe(false));
});
