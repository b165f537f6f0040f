import type { DigestDraft } from './digest.ts';
import { countOf } from './paper-text.ts';
import type { Usage } from './score.ts';

/** "48 papers of 646 passed (relevance 8, novelty 7 or more); 820 were announced." */
export const describeCounts = ({ counts, cutoffs, entries }: DigestDraft): string => {
  const { relevant, scanned, announced, unscored } = counts;
  const passed = `${countOf(relevant, 'paper')} of ${scanned.toLocaleString('en-US')} passed`;
  const limits = `relevance ${cutoffs.relevance} and novelty ${cutoffs.novelty} or more`;
  const shown =
    relevant > entries.length ? ` The best ${entries.length === 1 ? 'one is' : `${entries.length} are`} shown.` : '';
  const authors = entries.filter(({ reason }) => reason.kind === 'author').length;
  const followed = authors > 0 ? `, ${authors} of them by authors you follow` : '';
  const missing = unscored > 0 ? ` ${countOf(unscored, 'paper')} could not be scored.` : '';
  const all = `${announced.toLocaleString('en-US')} ${announced === 1 ? 'was' : 'were'} announced`;
  return `${passed} (${limits})${followed}; ${all}.${shown}${missing}`;
};

/** "Scored by gpt-4o-mini (640 papers) and the built-in scorer (6 papers)". */
export const describeEngines = ({ engines }: DigestDraft): string => {
  const names = engines.map(({ engine, model, papers }) => {
    const name = engine === 'local' ? 'the built-in scorer' : model;
    return engines.length > 1 ? `${name} (${countOf(papers, 'paper')})` : name;
  });
  return names.length > 0 ? `Scored by ${names.join(' and ')}` : 'Nothing to score';
};

/** US dollars with as many digits as a small sum needs: "$0.0312", "$1.20". */
export const dollars = (usd: number): string => `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;

/** "182,400 tokens, 61 % cached · $0.03"; empty where no model was called. */
export const describeCost = ({ usage }: { usage: Usage }): string => {
  const tokens = usage.promptTokens + usage.completionTokens;
  if (tokens === 0) return '';
  const share = usage.promptTokens === 0 ? 0 : Math.round((100 * usage.cachedTokens) / usage.promptTokens);
  const cached = share > 0 ? `, ${share} % of the prompt cached` : '';
  const cost = usage.costUsd === undefined ? 'cost unknown (no price for this model)' : dollars(usage.costUsd);
  return `${tokens.toLocaleString('en-US')} tokens${cached} · ${cost}`;
};
