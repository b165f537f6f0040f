import leven from 'leven';

// The words by which labels and sentences of a topics file like or reject something.

const setOf = (words: string): Set<string> => new Set(words.split(/\s+/));

export const negations =
  setOf(`not no never nothing none nor neither without hardly rarely dont doesnt didnt arent isnt wont wouldnt
  shouldnt cant cannot donts non anti little`);
/** Each of these rejects without another word. */
export const rejections =
  setOf(`irrelevant unwanted uninteresting uninterested unimportant unrelated avoid avoided ignore ignored
  exclude excluded excluding excludes exclusion exclusions skip skipped skipping deprioritize deprioritized
  deprioritise deprioritised deemphasize downweight downrank demote penalize penalise omit omitted discard dislike dislikes
  disliked hate spare blacklist blacklisted blocklist offtopic boring bored bores tired nope nogo except excepting loathe detest
  despise yawn ugh meh nah peeve peeves annoy annoys annoying overhyped`);
/** These reject only as a label or with other words of this page: "negative sampling" and "skip-level" are subjects. */
export const labelRejections =
  setOf(`negative negatives reject rejected drop mute muted hide hidden block blocked bad cons minus overdone
  pointless useless tedious dull banned forbidden taboo`);
/** These reject only beside a word of `contexts` or `likings`: "go easy on", "cut down on", "low priority". */
export const weakRejections = setOf(
  'easy light down away clear enough out off less fewer least low lower lowest stop minor',
);
export const likings =
  setOf(`relevant wanted want wants interesting interested interest interests like likes love enjoy read see seen
  positive include included includes inclusion inclusions prioritize prioritized prioritise prioritised priority priorities
  favor favour favorite favorites focus important care prefer preferred preference preferences follow look looking need
  needed keep seek hear yes nice scope core must welcome thing send post show cup tea boost upweight goal goals dos
  emphasize emphasise matter matters worth keen excited excites exciting enthusiastic fond thrilled passionate curious eager
  appeal appeals okay ok acceptable bonus`);
export const contexts =
  setOf(`go cut tone steer stay keep leave filter rule take give turn sending posting showing bother work publish
  worry count belong fit topic topics into`);
const fillers =
  setOf(`we i us me our my you your they the a an this that these those such it them what which is are am be been
  being do does did have has had will would will should could can may might please kindly also really generally usually mostly
  mainly very particularly especially currently now right at all rather more most much many so too for as to of on in about
  from with and or any anything everything things stuff following papers paper areas area subjects subject articles work works
  research keywords keyword terms term content list only just still anymore longer team group lab channel here there their
  high higher highest top main half bit one ones thanks however but further purely thank overly terribly exactly quite`);

export const firstPerson = /\b(?:we|i|us|me|our|my|please)\b/;

const maxTypos = (word: string): number => (word.length >= 8 ? 2 : word.length >= 6 ? 1 : 0);
/** These resemble other usual words: "detect", "despite", "existing", "appear". */
const lookalikes = setOf('detest despise exciting excited excites appeal appeals acceptable excepting');
const correctable = [...negations, ...rejections, ...likings].filter(
  (word) => word.length >= 6 && !lookalikes.has(word),
);

/** "Irelevant" → "irrelevant". Only in labels, because any word of a sentence may resemble another. */
export const corrected = (word: string): string => {
  if (maxTypos(word) === 0 || isKnown(word)) return word;
  const [nearest] = correctable
    .filter((other) => other[0] === word[0])
    .map((other) => ({ other, typos: leven(word, other) }))
    .filter(({ other, typos }) => typos <= Math.min(maxTypos(word), maxTypos(other)))
    .sort((a, b) => a.typos - b.typos);
  return nearest?.other ?? word;
};

const cannot = "(?:can['’]?t|cannot|can not|couldn['’]?t|could not)";

/** Phrases that like something although their words reject: "We can't get enough of". Read before those that reject. */
const wantedIdioms = new RegExp(
  `\\b(?:${[
    `(?:${cannot}|never) (?:get|have|read|see) enough(?: of| about)?`,
    `${cannot} (?:wait (?:for|to)|(?:live|do|go) without|resist)`,
    "(?:never|not|don['’]?t) (?:want to |wanna |like to )?miss(?: out on)?",
    'never (?:get |grow )?(?:tired?|bored|weary) of',
    '(?:big |biggest |huge |great )*fans? of',
    '(?:hot|big|sold) on|(?:crazy|wild) about|(?:our|my) (?:jam|style|bag)',
    'bonus points?',
    '(?<=\\b(?:are|is|be|also|totally|absolutely|perfectly|not) )fine(?!-)',
  ].join('|')})\\b`,
  'gi',
);
/** Phrases that reject although none of their words does. */
const unwantedIdioms = new RegExp(
  `\\b(?:${[
    '(?:fed up|sick(?: and tired)?|tired|weary|bored|worn out) (?:with|of|by)(?: (?:hearing|reading|seeing)(?: about| of)?)?',
    'fed up|worn out',
    '(?:had|seen|read|heard) (?:quite |more than )?enough(?: already)?(?: (?:of|about|from|with))?',
    'enough (?:already )?of|enough already',
    '(?:so|totally|completely) over|over (?:it|them)',
    "(?<=\\b(?:we|i)(?:['’](?:re|m)| are| am) (?:so |all )?)done with",
    `${cannot} (?:stand|bear|abide|stomach)`,
    `${cannot} care less(?: about)?`,
    '(?:could|can) (?:do|live) without',
    'no (?:patience|appetite|time|room|place|use|need|desire) for',
    'waste of (?:our |my )?time|life is too short(?: for)?|too busy for',
    'too (?:much|many) of (?:it|this|these|them)|hard (?:no|pass)|(?:we|i) pass on|pass on (?:these|this|those)|turn-?offs?|pet peeves?',
    '(?:lost|lose|losing) interest(?: in)?',
    '(?:leaves?|left) (?:us|me) cold|bores? (?:us|me)(?: to (?:tears|death|sleep))?',
    'rolls? (?:our|my) eyes(?: at| over)?|gets? on (?:our|my) nerves|makes? (?:us|me) (?:yawn|cringe|groan)',
  ].join('|')})\\b`,
  'gi',
);

export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(wantedIdioms, ' wanted ')
    .replace(unwantedIdioms, ' unwanted ')
    .replace(/(?<=\b(?:we|i|you|they|what))['’](?:d|ll|ve|re|m|s)\b/g, '')
    .replace(/[’‘'`´]/g, '')
    .replace(/\b(de|non|off|anti)-(?=priorit|emphasi|topic|goal|interest)/g, (_, prefix) =>
      prefix === 'de' ? prefix : `${prefix} `,
    )
    .replace(/\b(?:out-of-scope|(?:low|high|top)(?:er|est)?-priority)\b/g, (phrase) => phrase.replaceAll('-', ' '))
    .split(/[^\p{L}\p{N}-]+/u)
    .filter((word) => /\p{L}/u.test(word));

export const isKnown = (word: string): boolean =>
  [negations, rejections, labelRejections, weakRejections, likings, contexts, fillers].some((words) => words.has(word));

const idiomsAt = [
  { word: 'wanted', pattern: new RegExp(wantedIdioms.source, 'iy') },
  { word: 'unwanted', pattern: new RegExp(unwantedIdioms.source, 'iy') },
];

/** The phrase at a place of a text that likes or rejects as a whole, as the word that replaces it. */
export const idiomAt = (text: string, at: number): { word: string; length: number } | undefined => {
  for (const { word, pattern } of idiomsAt) {
    pattern.lastIndex = at;
    const [phrase] = pattern.exec(text) ?? [];
    if (phrase) return { word, length: phrase.length };
  }
  return undefined;
};
