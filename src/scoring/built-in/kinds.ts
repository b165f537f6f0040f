import type { Topics } from '../topics.ts';
import type { Corpus } from './corpus.ts';
import { createLexicon, phraseBreak } from './lexicon.ts';
import { type Matrix, scaleOf, standardized, timesVector } from './matrix.ts';

// Topics files ask for kinds of work ("theoretical insight", "no applications") in words that papers do not use. These
// lists connect the two.

const theoryCues = `theory theoretical theoretically provable provably prove theorem proof bound convergence generalization
  characterize fundamental phenomenon geometry geometric principled understanding expressivity expressive asymptotic
  mathematical dynamics mechanism mechanistic identifiability invariance manifold kernel emergence inductive implicit
  formalize rigorous necessary sufficient explain hypothesis insight reveal intrinsic principle perspective unify paradigm`;

const reportCues = `survey review overview benchmark dataset evaluation evaluate toolkit challenge competition annotation
  annotate corpus platform pipeline demonstration report comparative comparison assess assessment application deployment
  tool library workshop guideline roadmap questionnaire interview participant collected`;

const fieldCues = `clinical clinician patient medical medicine healthcare health hospital diagnosis disease cancer tumor
  radiology surgical industrial industry manufacturing vehicle driving traffic transportation robot robotic drone uav
  satellite agriculture crop weather climate finance financial stock trading market legal education student teacher
  classroom customer commerce user software developer cybersecurity attack malware intrusion privacy wireless
  communication iot sensor energy grid battery eeg ecg speech audio music video game sport social news misinformation
  political cultural emotion recommendation forecasting detection recognition segmentation tracking pose scene camera
  lidar navigation manipulation planning agent human simulation practical monitoring`;

/** Applied fields by category prefix, with words that topics in these fields use. */
const appliedCategories: Record<string, string> = {
  'cs.CR': 'security cryptography attack privacy',
  'cs.CV': 'vision image video',
  'cs.CY': 'society education ethics',
  'cs.DB': 'database',
  'cs.DL': 'citation bibliometrics',
  'cs.ET': 'memristor photonic',
  'cs.GR': 'graphics rendering',
  'cs.HC': 'human user',
  'cs.IR': 'retrieval recommendation search',
  'cs.MA': 'agent',
  'cs.MM': 'multimedia',
  'cs.NI': 'wireless internet',
  'cs.RO': 'robot robotics',
  'cs.SD': 'audio speech music',
  'cs.SE': 'software code',
  'cs.SI': 'social',
  'astro-ph': 'astronomy',
  'cond-mat': 'material',
  econ: 'economics',
  'eess.AS': 'audio speech',
  'eess.IV': 'image video',
  'eess.SP': 'signal wireless',
  'eess.SY': 'control',
  physics: 'physics',
  'q-bio': 'biology molecular protein',
  'q-fin': 'finance',
  'stat.AP': 'statistics',
};

const wantsTheory =
  /(?<!\b(?:game|graph|group|information|number|set|control|decision|queueing|category)[ -])\btheor(?:y|ies|etical|etically|ems?)\b|\bfoundational research\b|\bfundamental (?:research|understanding|insights?)\b|\bproofs?\b|\bmathematical\b/i;
const rejectsApplications = /\bappl(?:y|ies|ied|ications?)\b|\bdomain-specific\b|\bone domain\b/i;

/** In standard deviations of the first classifier's values. */
const theoryWeight = 0.2;
const reportWeight = 0.15;
const fieldWeight = 0.2;
const categoryWeight = 0.15;

const wordsOf = (list: string): string[] => list.split(/\s+/);

const columnsOf = (corpus: Corpus, text: string): number[] => corpus.terms(text).map(({ column }) => column);

const createNameCheck = (text: string): ((word: string) => boolean) => {
  const lexicon = createLexicon();
  const stemsOf = (words: string): number[] => {
    const stems: number[] = [];
    lexicon.read(words, stems);
    return stems.filter((stem) => stem !== phraseBreak);
  };
  const named = new Set(stemsOf(text));
  return (word) => stemsOf(word).some((stem) => named.has(stem));
};

const indicator = (corpus: Corpus, columns: Iterable<number>): Float32Array => {
  const vector = new Float32Array(corpus.matrix.columns);
  for (const column of columns) vector[column] = 1;
  return vector;
};

export type KindOfWork = {
  /**
   * Higher if the topics want this kind of work. The mean of the corpus is 0; all values are 0 if the topics want no
   * kind.
   */
  merit(matrix: Matrix): Float32Array;
  /**
   * Higher for papers about applications, by words and primary category. Undefined unless the topics reject
   * applications or ask for theory.
   */
  application: ((matrix: Matrix) => Float32Array) | undefined;
};

/**
 * Theory counts for a paper if the topics explicitly ask for it. Applications, and reports such as surveys, count
 * against it if the topics reject applications or ask for theory. Words in the wanted text of any topic never count
 * against a paper.
 */
export const createKindOfWork = (corpus: Corpus, { topics, general, keywords }: Topics): KindOfWork => {
  const wantedText = [
    ...topics.flatMap(({ name, relevant }) => [name, relevant]),
    ...[general.relevant, ...keywords.relevant],
  ].join('\n');
  const unwantedText = [...topics.map(({ irrelevant }) => irrelevant), general.irrelevant, ...keywords.irrelevant].join(
    '\n',
  );
  const isNamed = createNameCheck(wantedText);
  const unnamed = (list: string): number[] =>
    wordsOf(list)
      .filter((word) => !isNamed(word))
      .flatMap((word) => columnsOf(corpus, word));

  const parts: { vector: Float32Array; weight: number; isApplication: boolean }[] = [];
  const add = (columns: readonly number[], weight: number, isApplication = false): void => {
    if (columns.length > 0) parts.push({ vector: indicator(corpus, columns), weight, isApplication });
  };
  const isTheoryWanted = wantsTheory.test(wantedText);
  const areApplicationsRejected =
    isTheoryWanted || keywords.application.length > 0 || rejectsApplications.test(unwantedText);
  if (areApplicationsRejected) add(unnamed(reportCues), -reportWeight);
  if (isTheoryWanted) {
    add(
      wordsOf(theoryCues).flatMap((word) => columnsOf(corpus, word)),
      theoryWeight,
    );
  }
  if (areApplicationsRejected) {
    add(unnamed(fieldCues), -fieldWeight, true);
    const rejected = Object.entries(appliedCategories)
      .filter(([, field]) => !wordsOf(field).some(isNamed))
      .map(([category]) => category);
    const columns = [...corpus.primaries]
      .filter(([category]) => rejected.some((name) => category.startsWith(name)))
      .map(([, column]) => column);
    add(columns, -categoryWeight, true);
  }

  const scaled = parts.map((part) => ({ ...part, scale: scaleOf(timesVector(corpus.matrix, part.vector)) }));
  const sumOf = (
    matrix: Matrix,
    addends: readonly { part: (typeof scaled)[number]; weight: number }[],
  ): Float32Array => {
    const sum = new Float32Array(matrix.rows);
    for (const { part, weight } of addends) {
      for (const [row, value] of standardized(timesVector(matrix, part.vector), part.scale).entries()) {
        sum[row] = (sum[row] as number) + weight * value;
      }
    }
    return sum;
  };
  const all = scaled.map((part) => ({ part, weight: part.weight }));
  const applied = scaled.filter((part) => part.isApplication).map((part) => ({ part, weight: 1 }));
  return {
    merit: (matrix) => sumOf(matrix, all),
    application: applied.length > 0 ? (matrix) => sumOf(matrix, applied) : undefined,
  };
};
