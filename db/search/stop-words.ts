/** English words that say nothing about a paper; a query goes without them unless nothing else is left. */
export const stopWords: ReadonlySet<string> = new Set(
  `a about all also among an and any are as at be because been being between both but by can could did do does each for
  from had has have how however i if in into is it its itself may might more most much no nor not of on only or other our
  out over same should show shows so some such than that the their them then there these they this those through thus to
  under up upon us use used using very via was we were what when where whether which while who why will with within
  without would you your`.split(/\s+/),
);
