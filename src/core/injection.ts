import { createPause } from './clock.ts';
import { fold } from './folding.ts';
import type { Paper } from './paper.ts';

/** What looks like a Latin letter in other scripts and in digits, for `folded` text. */
const lookalikes: Readonly<Record<string, string>> = {
  ...{ а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', х: 'x', у: 'y', і: 'i', ѕ: 's', ј: 'j', ԁ: 'd', һ: 'h', ո: 'n', ɡ: 'g' },
  ...{ α: 'a', ο: 'o', ν: 'v', ι: 'i', ρ: 'p', τ: 't', κ: 'k' },
};
const digits: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's' };

const anyLookalike = new RegExp(`[${Object.keys(lookalikes).join('')}]`, 'g');
const mixedWord = /[a-z0-9@$]*(?:[a-z][013457@$]|[013457@$][a-z])[a-z0-9@$]*/g;
const spacedWord = /\b(?:[a-z][ .\-_*]){3,}[a-z]\b/g;

/** Undoes spellings that people and models read, but rules do not: `1gn0re`, `i g n o r e`, letters of other scripts. */
const plain = (text: string): string => {
  const latin = fold(text).replace(anyLookalike, (letter) => lookalikes[letter] ?? letter);
  return latin
    .replace(spacedWord, (word) => word.replace(/[^a-z]/g, ''))
    .replace(mixedWord, (word) => word.replace(/[013457@$]/g, (digit) => digits[digit] ?? digit));
};

const rotated = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));

const base64 = /[A-Za-z0-9+/]{24,}={0,2}/g;
const decoded = (text: string): string =>
  [...text.matchAll(base64)].map(([code]) => Buffer.from(code, 'base64').toString('utf8')).join(' ');

const reader =
  '(?:reader(?: model)?|(?:large |automated |ai )?(?:language )?models?|llms?|ais?|(?:ai |automated |virtual |llm )?(?:assistants?|agents?|bots?|systems?|reviewers?|evaluators?|graders?|raters?|scorers?|judges?|rankers?)|chatgpt|gpt(?:-\\w+)?|claude|gemini)';
const marks = '(?:scores?|ratings?|marks?|grades?|relevance|novelty)\\b';

/** In folded English. Each is rare in abstracts, and usual in texts that give orders to a model which scores papers. */
const orders: readonly RegExp[] = [
  /\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|override|bypass|overrule|supersede|discard|set aside|pay no attention to|do not follow|stop following)\b (?:\w+ ){0,2}(?:all|any|the|your|every\w*|anything|what\w*|previous|prior|earlier|above|these|those|this|preceding|other)\b(?:'s)? ?(?:\w+ ){0,2}(?:instructions?|rules?|prompts?|guidelines?|rubrics?|directives?|criteria|above|before|told|list)\b/,
  /\b(?:previous|prior|earlier|above|preceding|original|initial) (?:instructions?|prompts?|rules|directives|orders|guidelines|criteria)\b[^.!?]{0,40}\b(?:void|cancel|invalid|ignore|no longer|supersed|overrid|replaced|obsolete|expired|suspended)/,
  new RegExp(
    `\\b(?:give|assign|award|rate|grade|grant|answer|respond|reply)\\b[^.!?]{0,40}(?:\\b(?:10|ten) ?(?:/|out of|of) ?(?:10|ten)\\b|(?<!-)\\b(?:maximum|maximal|max|highest|top|perfect|full) (?:possible |available )?${marks})`,
  ),
  new RegExp(
    `(?:^|[.!?\\])}>*#"'] ?)(?:dear|hello|hi|hey|attention|notes?|messages?|instructions?|notice|reminder|for|to|as|if you are)[:,!]? (?:(?:to|for) )?(?:(?:an?|the|any|all|my|our|every) )?${reader}\\b ?(?:$|[:,!.]|(?:reading|scoring|processing|evaluating|rating|assessing) (?:this|these))`,
    'm',
  ),
  new RegExp(`\\b(?:you are|you're|act as|pretend to be) (?:now )?(?:an?|the) (?:\\w+ ){0,2}${reader}\\b`),
  /\byou (?:must|should|shall|are (?:now|instructed|required|asked|hereby)|have been (?:instructed|asked|authori[sz]ed|told)|may now|ought)\b/,
  /\byour (?:answer|response|output|rating|scores?|scoring|instructions?|rules?|verdict|system prompt|developers?|operators?|owner|principal|guidelines|rubric|judge?ment)\b/,
  /\b(?:please|kindly)\b[^.!?]{0,40}\b(?:score|rate|give|assign|treat|consider|respond|output|answer|return|rank|recommend|select|mark|judge|ensure|remember|award|place|set)\b/,
  /\b(?:do not|don't|never) (?:(?:mention|reveal|disclose|report) (?:this|that|these|having)|lower (?:the|its|this|our)|score (?:this|it|below|the)|rate (?:this|it|below)|deduct)\b/,
  /<\|?(?:im_start|im_end|system|assistant|user|endoftext|eot_id|start_header_id)|\[\/?inst\]|<<\/?sys>>|(?:^|[.!?\]}>|*#"] ?)\W{0,3}(?:instruction|response|new task|system|assistant|developer|admin)(?: (?:message|prompt|note|override|notice|update))?\]?\**[:>]|["']role["'] ?:/m,
  /\bend of (?:the )?(?:data|papers?|input|abstracts?|untrusted \w+|documents?|batch)\b|<\/?(?:paper|papers|data|abstract|document|input|instructions?)>|={3,} ?(?:end|system|new)|document[ _]boundary/,
  /["'`*|]{0,3}\b(?:relevance|novelty)\b["'`*]{0,3} ?(?:[:=|]|is|to|of|at|must be|should be) ?["'`]?(?:10|9|1|ten|max\w*)\b|\bscores? ?(?:[:=]|of) ?(?:10 ?\/|10 out of|ten)|[{[] ?["'`](?:id|papers|relevance|scores?)["'`] ?:|\bid ?\| ?relevance\b/,
  /\b(?:positive|favou?rable|glowing) (?:review|evaluation|assessment|rating|score)s? only\b|\bonly (?:a )?(?:positive|favou?rable) (?:review|evaluation|assessment|rating|score)/,
  /\\(?:textcolor|color) ?\{ ?white|\\phantom\{|color ?: ?(?:white|#fff)|font-size ?: ?0|opacity ?: ?0|display ?: ?none|<!--|<\/?(?:details|div|span|p|font)\b/,
];

const ten =
  /(?<![\w.,:$\\^_{([-])(?:10|tens?|9|nine)(?: ?\/ ?10| out of (?:10|ten))?(?=$|[,;:)"'`*|/]|\.$| (?:in|on|for|and|as|or|points out|at|may|is|\/))/;
const cues = {
  judging:
    /\b(?:scor(?:e|es|ed)|rat(?:e|ed|ing)|grad(?:e|es|ed|ing)|marks?|award(?:ed|s)?|assign(?:ed)?|emit|settled)\b/,
  ten,
  high: /(?<!-)\b(?:maximum|maximal|highest|top|perfect|full|best|outstanding|first place|unsurpassed|upgrade)\b/,
  low: /\b(?:minimum|lowest|irrelevant|worst|skip|left out)\b|(?<![\w.,$-])(?:1|one|zero|2)(?=$|[,;)"'])/,
  itself:
    /\b(?:this|the present|the above|the enclosing|my|our) (?:paper|text|abstract|submission|entry|manuscript|record|sample|article|preprint|title|document|row|note|listing|item|sentence)\b|\b(?:this one|authors' work)\b/,
  scorer:
    /\b(?:graders?|raters?|evaluators?|robot|ai only|scorers?|judge|whoever|not human|scoring (?:pipeline|engine)|ranking engine|digest tool)\b/,
  you: /\b(?:you|your|yourself|please)\b/,
  others:
    /\b(?:other|every other|remaining|competing|rest of the) (?:papers?|entries|abstracts|submissions|works|articles|items|listings?)\b|\ball others\b|\beverything else in\b|\b(?:this|same|complete|entire|whole) (?:batch|listing)\b/,
  criterion: /\b(?:relevance|novelty|originality)\b/,
} satisfies Record<string, RegExp>;

type Cue = keyof typeof cues;

/** Cues that an abstract hardly ever has in one sentence. */
const combinations: readonly (readonly Cue[])[] = [
  ['you', 'judging'],
  ['you', 'ten'],
  ['you', 'itself'],
  ['you', 'others'],
  ['you', 'high'],
  ['ten', 'itself'],
  ['ten', 'criterion'],
  ['ten', 'others'],
  ['ten', 'scorer'],
  ['low', 'others'],
  ['others', 'judging', 'high'],
  ['scorer', 'itself', 'high'],
  ['scorer', 'itself', 'judging'],
  ['criterion', 'high', 'scorer'],
];

const sentenceEnd = /[.!?](?:\s|$)/;

const hasCombination = (text: string): boolean =>
  text.split(sentenceEnd).some((sentence) => combinations.some((all) => all.every((cue) => cues[cue].test(sentence))));

/** Frequent words of German, French, Spanish, Portuguese and Italian that are no English ones, folded. */
const foreignWords = new Set(
  `der das und nicht ist wer wird kein keine bitte mit auf den dem eine einen sie fur alle bei von zu dieser dieses diese diesem
  le les des est une vous pas pour dans ce cette cet ne et du qui sont aux sur tu votre
  el los las del y para por este esta con se una que es su al lo como todos todas
  os da em um uma nao pela aos ao dos das mais sua seu foi
  il gli di che per non questo questa della dei sono un nel alla ogni`.split(/\s+/),
);
const englishWords = new Set(
  'the of and to in is that for with we this on are by as be from our it which an a can'.split(' '),
);

const minForeignWords = 3;

/** True for a sentence in another language. Abstracts are in English; names and titles have fewer such words. */
const isForeign = (sentence: string): boolean => {
  const words = sentence.match(/[a-z]+/g) ?? [];
  const foreign = new Set(words.filter((word) => foreignWords.has(word))).size;
  return foreign >= minForeignWords && foreign > words.filter((word) => englishWords.has(word)).length;
};

/** Letters of a script in which no abstract is written, in a row. Formulas and names have fewer. */
const otherScript =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{10,}|(?:\p{Script=Hangul}+ ?){4,}|(?:\p{Script=Cyrillic}{2,} ?){4,}|(?:\p{Script=Arabic}{2,} ?){4,}/u;

/** Hidden characters that spell something or split words. */
const hiddenText = /[\u{e0020}-\u{e007e}]|(?:\p{L}[\u200b-\u200d\u2060]){3,}/u;

const givesOrders = (text: string): boolean => orders.some((order) => order.test(text)) || hasCombination(text);

/**
 * True if a paper's text probably addresses the language model that scores it (a prompt injection), in plain words,
 * another language, or one of the usual disguises. A heuristic: docs/ranking.md says how much it finds.
 */
export const hasInjection = ({ title, abstract }: Pick<Paper, 'title' | 'abstract'>): boolean => {
  const text = `${title}.\n${abstract}`;
  const latin = plain(text);
  return (
    givesOrders(latin) ||
    latin.split(sentenceEnd).some(isForeign) ||
    otherScript.test(text) ||
    hiddenText.test(text) ||
    givesOrders(rotated(latin)) ||
    givesOrders(plain(decoded(text)))
  );
};

/** Ids of the papers with an injection. Takes about 0.3 ms per paper. */
export const findInjections = async (
  papers: readonly Pick<Paper, 'id' | 'title' | 'abstract'>[],
  signal: AbortSignal,
): Promise<Set<string>> => {
  const pause = createPause(signal);
  const found = new Set<string>();
  for (const paper of papers) {
    if (hasInjection(paper)) found.add(paper.id);
    await pause();
  }
  return found;
};
