/** A price in US dollars with two to six decimals, as published: "$10.00", "$0.075". */
export const priceWords = (usd: number): string =>
  `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 })}`;

const [minDecimals, maxDecimals] = [2, 4];

const decimalsOf = (usd: number): number => {
  for (let decimals = minDecimals; decimals < maxDecimals; decimals += 1)
    if (Math.round(usd * 10 ** decimals) >= 10) return decimals;
  return maxDecimals;
};

/**
 * Amounts in US dollars with the same number of decimals, for comparison: two to four, enough for two significant
 * digits of the smallest. "$0.1300", "$0.0018".
 */
export const amountsInRow = (row: readonly number[]): string[] => {
  const decimals = Math.max(minDecimals, ...row.filter((usd) => usd > 0).map(decimalsOf));
  return row.map((usd) => `$${usd.toFixed(decimals)}`);
};
