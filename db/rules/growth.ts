/** With fewer, the estimate would be far off. */
const minPapers = 1_000;
const minDates = 5;
/** Newest dates that count as typical: about four weeks. */
export const recentDates = 20;
/** Mailings of arXiv: five a week without holidays. */
const datesPerYear = 250;

/** `recent` papers were announced on the `dates` newest dates. */
type Stored = { bytes: number; papers: number; dates: number; recent: number };

/** What a database grows in a year if the last announcements are typical; undefined if there are too few. */
export const yearBytesOf = ({ bytes, papers, dates, recent }: Stored): number | undefined =>
  papers < minPapers || dates < minDates ? undefined : (bytes / papers) * (recent / dates) * datesPerYear;
