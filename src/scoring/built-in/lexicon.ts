import { stemmer } from 'stemmer';

const stopWords: ReadonlySet<string> = new Set(
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
 * Words in nearly every abstract or topics file ("novel", "approach", "insights"). They are part of the statistics, but
 * are never matches or named in comments.
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

const isGenericWord = (word: string): boolean => stopWords.has(word) || genericStems.has(stemmer(word));

export const isGenericText = (text: string): boolean =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .every((word) => word === '' || isGenericWord(word));

const maxPhraseLength = 40;

/**
 * Verbs, adjectives and general nouns in at least 1% of the abstracts of cs.LG and cs.AI. They may distinguish a
 * team's papers, but do not name a subject.
 */
const plainWords = `ability able absence abstract accelerate acceptance access according account accuracy accurate acquire act actual
  adding additional additionally adjust adoption advantages affect aided aims alleviate alone alternative ambiguity
  amount analytical analyze annotated answer appear appropriate arbitrary area argue arises around art article aspects
  assess assignment assisted associated assume attains attempt augmented automated automatic average background
  balance barrier baselines basic basis believe benchmark benefits better beyond black block body boosting bottleneck
  boundary bridge broader built calculation called candidate capabilities capacity capture care carefully case
  categories cause centered central changes characteristics characterize choice claims class classical clear closed
  coarse coherence collected combining comes compact compared comparison compatible competing competitive complement
  complementary complete complex components composed comprehensive comprising compromising computational
  computationally concept conceptual concerns conclude conditions configurations confirm consequently considerable
  consistently constant constrained constraints construct consuming containing content continuous convert core correct
  corresponding cost costly count coverage covering crafted create critical crucial curated custom decrease dedicated
  defined definition degradation degree delivers demands dependent deployed deployment derived describe descriptions
  design desired despite detailed determine devices difficult difficulty dimensional dimensions direct directly
  discover discuss distinct distinguish diverse domain dominant drawing driven driving drop early easily efficacy
  efficient efforts elements eliminating emerged emphasizing employs encompassing encounter encourage end enforce
  engagement engineering enhance enriched ensuring entire environments equal equipped equivalent essential event
  evidence evolving exact examine examples exceeds excel execution exhibit expanding expected expensive expertise
  explicit explicitly exploit exploration expose expressive extend external extreme face facilitate fact factors fail
  failure fall false far fast faster favor feasibility fewer finally findings finite fit five fixed flexible focused
  force form formal format formulation forward foster four framework free frequently full fully function fundamental
  fuses future gains gap generalizable give global goal grained great greater grounded group growing guarantees guided
  hand handling hard heavily help hidden higher highest highlight hinder hoc hold holistic hybrid ideal ignore iii
  illustrate impact implementation implications implicit impose impressive inconsistent incorporating increasing
  increasingly incurs independent indicate individual induced inefficient influence inherent initial input inspired
  instance insufficient integrates intensive intent interactions intermediate internal intrinsic intuitive involving
  isolation issues item iterative joint jointly judge known large larger leaving led length lens leveraging
  lightweight likely limited line link literature little load local location longer loop loss lower main maintaining
  management manner manual map massive maximize maximum mean meaningful measure mechanism meet metrics minimal missing
  mitigate mixed mode modern modified modular module motivated moving multiple named narrow necessary necessitates
  need negative neglecting notably notion nuanced objective observed occur offers offs ones open operations
  opportunities order organization oriented original outcomes outline outputs overall overcome overhead overlook page
  pairs part partial participants particularly pass past path patterns paving periods persistent phase phenomenon
  pipeline place platform plausible play point poor poorly pose power practical practitioners predominantly presence
  preserving prevalent prevent previously primarily primary principles prioritize procedure produce product profiles
  progress project promote prone properties protocol prove proven proxy public publicly purpose quality quantify
  quantitative question raises random range rapid rapidly rare rate ratio raw reach realistic received recognize
  records recover reducing reduction redundancy reference refinement reflect regarding regions related relationships
  relative release reliable reliance rely remains remarkable removing rendering replacing report requires resolution
  resolve resource respectively responses restricted retain return reveal review rich right rigorous rise role round
  run satisfy scalable scarce scenarios scheme seamlessly seeks selection sensitive separate serve set setup seven
  shape shared short shot showcase side simplified simultaneously single situations six size slow small smaller smooth
  solely solution solving sophisticated sota sound source spanning specialized specified speed split stable stage
  stakes start static step store strategic strategies strengths stronger strongly struggle style sub subject
  suboptimal subsequently subset substantial subtle success successfully suffer sufficient suggest suitable suite
  support surpasses survey synthesize systematic tackle tailored take target team tend textbf textit thinking thought
  threshold top total trade traditional transparency treat true turn types ultimately unclear uncover underexplored
  underlying underscore understanding understood unified uniform unique units universal unknown unlike unlocking
  unseen updates upper validate valuable variance variants variety varying vast versatile version view vital volume
  way weak widely widespread wise word years yields
  behave care inside look represent`;

/** Words that name a subject only together with another word: "federated learning", "human feedback". */
const headWords = `action adaptive agnostic algorithm analysis application architecture artificial attributes aware bounds chain
  classification context cross data deep distribution dynamic error estimation extraction features fine flow
  generation human identification inference information intelligence knowledge label language layer learning linear llm llms
  long low machine matching meta modal model multi natural network neural noise non optimization parameters policy
  post pre prediction process representation robust rule samples scale score self semi sequence signals simulation
  space structure system task term test text theory time tokens tools training value variables visual weights zero`;

const nonNounEnding = /(?:able|al|ed|ful|ible|ic|ify|ive|ize|less|ly|ous)$/;
const nouns = new Set(
  `animal anomaly archive arithmetic assembly crystal fractal hospital logic music retrieval seed speed survival traffic`.split(
    ' ',
  ),
);

const stemsOf = (words: string): Set<string> => new Set(words.split(/\s+/).map(stemmer));
const headStems = stemsOf(headWords);
const plainStems = stemsOf(plainWords);

/** True if a phrase can name a subject of papers: "weight quantization", not "enhance". @param phrase In lower case. */
export const canNameSubject = (phrase: string): boolean => {
  const words = phrase.split(/[\s-]+/);
  const others = words.filter((word) => !headStems.has(stemmer(word)));
  return (
    /[a-z]{3}/.test(phrase) &&
    /^[\p{L}\p{N}\s-]+$/u.test(phrase) &&
    (words.length > 1 || !nonNounEnding.test(phrase) || nouns.has(phrase)) &&
    phrase.length <= maxPhraseLength &&
    others.length > 0 &&
    others.every((word) => !plainStems.has(stemmer(word)) && !isGenericWord(word))
  );
};

const verbEnding = /(?:ed|ify|ize|ly)$/;
const nounEnding = /(?:tion|sion|ing|ity|ness|ment|ance|ence|ancy|ency|ship|ism)s?$/;

/**
 * True if a single word of the topics says something about a paper: "pruning", "exploration" or "contrastive", not
 * "theoretical" or "conditional". @param word In lower case.
 */
export const isTellingWord = (word: string): boolean =>
  !isGenericWord(word) &&
  (nounEnding.test(word) ||
    nouns.has(word) ||
    !(verbEnding.test(word) || plainStems.has(stemmer(word)) || headStems.has(stemmer(word))));

/** Longer than any abstract or topics file. The limit keeps a hostile paper from slowing down the run. */
const maxTextLength = 20_000;
const maxWordLength = 40;

/** Separates words that do not form a phrase, for example at punctuation or a formula. */
export const phraseBreak = -1;

export type Span = { start: number; end: number };

export type Lexicon = {
  /**
   * Appends the stems of a text to `out`, without stop words, and a `phraseBreak` at the end of each phrase. Words with a
   * hyphen also count as one word: "pre-training" as "pretraining".
   */
  read(text: string, out: number[], spans?: Span[]): void;
  named(name: string): number;
  size(): number;
};

const isWordCode = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 0xc0 && (code < 0x2000 || code > 0x2bff));

const space = 32;
const lineFeed = 10;
const hyphen = 45;
const backslash = 92;
const apostrophe = 39;
const digits = /^\d+$/;

export const createLexicon = (): Lexicon => {
  const numbers = new Map<string, number>();
  const stemOfWord = new Map<string, number>();
  const none = -2;

  const numberOf = (stem: string): number => {
    const known = numbers.get(stem);
    if (known !== undefined) return known;
    numbers.set(stem, numbers.size);
    return numbers.size - 1;
  };

  const stemNumber = (word: string): number => {
    const known = stemOfWord.get(word);
    if (known !== undefined) return known;
    const dropped = word.length < 2 || word.length > maxWordLength || stopWords.has(word) || digits.test(word);
    const stem = dropped ? none : numberOf(stemmer(word));
    stemOfWord.set(word, stem);
    return stem;
  };

  const read = (text: string, out: number[], spans?: Span[]): void => {
    const lower = (text.length > maxTextLength ? text.slice(0, maxTextLength) : text).toLowerCase();
    const compounds: { stem: number; span: Span }[] = [];
    const add = (stem: number, start: number, end: number): void => {
      if (stem === none) return;
      if (stem === phraseBreak && out.at(-1) === phraseBreak) return;
      out.push(stem);
      spans?.push({ start, end });
    };
    let position = 0;
    let compoundStart = -1;
    let wordStart = -1;
    while (position < lower.length) {
      const code = lower.charCodeAt(position);
      if (isWordCode(code)) {
        wordStart = position;
        while (position < lower.length && isWordCode(lower.charCodeAt(position))) position += 1;
        const stem = stemNumber(lower.slice(wordStart, position));
        add(stem, wordStart, position);
        if (compoundStart >= 0 && stem !== none) {
          const word = lower.slice(compoundStart, position).replace('-', '');
          compounds.push({ stem: stemNumber(word), span: { start: compoundStart, end: position } });
        }
        compoundStart = stem !== none && lower.charCodeAt(position) === hyphen ? wordStart : -1;
      } else {
        if (code === backslash) {
          // TeX commands are not part of the topic.
          while (isWordCode(lower.charCodeAt(position + 1))) position += 1;
          add(phraseBreak, position, position);
        } else if (code !== space && code !== hyphen && code !== lineFeed && code !== apostrophe) {
          add(phraseBreak, position, position);
        }
        position += 1;
        if (code !== hyphen) compoundStart = -1;
      }
    }
    add(phraseBreak, lower.length, lower.length);
    for (const { stem, span } of compounds) {
      if (stem === none) continue;
      add(stem, span.start, span.end);
      add(phraseBreak, span.end, span.end);
    }
  };

  return { read, named: (name) => numberOf(`:${name}`), size: () => numbers.size };
};
