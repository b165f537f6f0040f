import { stemmer } from 'stemmer';

/** English function words, and what is left of links: they say nothing about a paper. */
export const stopWords: ReadonlySet<string> = new Set(
  `a about above across after again against all almost along already also although always am among an and another any
  are aren as at away be became because become becomes been before behind being below between both but by can cannot
  could couldn did didn do does doesn doing don done down due during each either else enough especially et etc even ever
  every few first for found from further furthermore had has hasn have haven having he hence her here hers him his how
  however i if in indeed instead into is isn it its itself just last least less like made mainly make makes many may me
  merely might more moreover most mostly much must my namely near nearly neither never next no nor not nothing now of off
  often on once one only onto or other others otherwise our ours out over own per perhaps quite rather really same second
  seen several shall she should show showed showing shown shows significant significantly since so some still such than
  that the their theirs them themselves then there thereby therefore these they third this those though three through
  throughout thus to together too toward towards two under until up upon us use used useful user uses using usually
  various very via was wasn we well were what when where whereas whether which while who whom whose why will with within
  without would yet you your yours
  http https www com github
  io org available code`.split(/\s+/),
);

/**
 * Words that nearly every abstract or topics file has ("novel", "approach", "insights"). The statistics may use them, but
 * no match rests on them and no comment names them.
 */
const genericWords = new Set(
  `achieve achieved achieves achieving address addresses advance advances allow allows apply applying approach approaches
  avoid based broad certain challenge challenges challenging common commonly conduct consider considered contribution
  contributions conventional criteria current cutting demonstrate demonstrates demonstrating develop developed different
  edge effective effectively enable enables enabling evaluate existing experiment experiments experimental extensive
  eg ie field focus follow following foundational general given good high highly idea important improve improved improves
  improvement improvements include includes including incremental innovation innovations innovative insight insights
  interest interested interesting introduce introduces introducing investigate keep key lack lacking lead leading major
  making method methodological methodology methods new novel number obtain obtained outperform outperforms paper papers
  particular performance perform popular possible potential present presents previous prior problem problems promising
  propose proposed proposes proposing provide provides providing purely real recent recently relevant irrelevant research
  researchers result results several simple specific standard state straightforward strong studied studies study superior
  technique techniques term terms topic topics typical typically usage utilize work works world
  ai algorithm algorithmic algorithms analyses analysis application applications architectures assumptions behavior best
  breakthrough breakthroughs building cutting-edge data deep establish established establishing empirical encode
  level perspective perspectives
  how information learning machine merely model models network networks neural paradigm paradigms process significant
  structure structures system systems task tasks text theoretical theory training trend trends well`.split(/\s+/),
);

const genericStems = new Set([...genericWords].map(stemmer));

/** Whether a word, lower-cased, says nothing about a topic. */
export const isGenericWord = (word: string): boolean => stopWords.has(word) || genericStems.has(stemmer(word));

/** Whether a text has no word that says anything about a topic. */
export const isGenericText = (text: string): boolean =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .every((word) => word === '' || isGenericWord(word));
