/** A number as people read it: "1,204". */
export const grouped = (value: number): string => value.toLocaleString('en-US');

/** What a million tokens cost, in US dollars, as exactly as its publisher says: "$10.00", "$0.075". */
export const priceWords = (usd: number): string =>
  `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 })}`;

/** The most decimals of an amount, and the fewest. */
const most = 4;
const fewest = 2;

/** As many decimals as show two figures of an amount. */
const decimalsOf = (usd: number): number => {
  for (let decimals = fewest; decimals < most; decimals += 1)
    if (Math.round(usd * 10 ** decimals) >= 10) return decimals;
  return most;
};

/**
 * The amounts of a row, in US dollars, with one number of decimals, so that they can be compared: two to four, as many as
 * the smallest needs to show two figures. "$0.1300", "$0.0018".
 */
export const amountsInRow = (row: readonly number[]): string[] => {
  const decimals = Math.max(fewest, ...row.filter((usd) => usd > 0).map(decimalsOf));
  return row.map((usd) => `$${usd.toFixed(decimals)}`);
};
