import leven from 'leven';
import { complain, nearest, quote } from './problems.ts';
import { text } from './values.ts';

/**
 * arXiv's archives with their subjects; an archive without subjects is a category itself. From
 * https://arxiv.org/category_taxonomy, without closed archives such as `q-alg`.
 */
const taxonomy: Readonly<Record<string, string>> = {
  'astro-ph': 'CO EP GA HE IM SR',
  'cond-mat': 'dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con',
  cs: 'AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC SD SE SI SY',
  econ: 'EM GN TH',
  eess: 'AS IV SP SY',
  'gr-qc': '',
  'hep-ex': '',
  'hep-lat': '',
  'hep-ph': '',
  'hep-th': '',
  math: 'AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST',
  'math-ph': '',
  nlin: 'AO CD CG PS SI',
  'nucl-ex': '',
  'nucl-th': '',
  physics:
    'acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph',
  'q-bio': 'BM CB GN MN NC OT PE QM SC TO',
  'q-fin': 'CP EC GN MF PM PR RM ST TR',
  'quant-ph': '',
  stat: 'AP CO ME ML OT TH',
};

const subjectsOf: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(taxonomy).map(([archive, subjects]) => [archive, subjects.split(' ').filter(Boolean)]),
);

export const categories: ReadonlySet<string> = new Set(
  [...subjectsOf].flatMap(([archive, subjects]) =>
    subjects.length === 0 ? [archive] : subjects.map((subject) => `${archive}.${subject}`),
  ),
);

const maxSuggested = 4;

const known = ['cs.LG', 'math.AG', 'stat.ML', 'astro-ph.GA', 'physics.optics'];

const question = (meant: readonly string[]): string => {
  const names = meant.map((name) => `"${name}"`);
  return `did you mean ${names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names[0]}?`;
};

const ofSubject = (subject: string): string[] =>
  [...categories].filter((name) => name.toLowerCase().endsWith(`.${subject.toLowerCase()}`));

const meantBy = (archive: string, subject: string, subjects: readonly string[]): string[] => {
  const name = subject.toLowerCase();
  const same = ofSubject(subject);
  const here = same.filter((category) => category.startsWith(`${archive}.`));
  if (same.length > 0) return here.length > 0 ? here : same;
  const maxTypos = name.length > 3 ? 2 : 1;
  return subjects.filter((one) => leven(name, one.toLowerCase()) <= maxTypos).map((one) => `${archive}.${one}`);
};

const advice = (category: string, byName: readonly string[]): string => {
  const [prefix = '', subject] = category.split(/\.(.*)/s);
  const alone = subject === undefined && !subjectsOf.has(prefix) ? ofSubject(prefix) : [];
  if (alone.length > 0 && alone.length <= maxSuggested) return question(alone);
  const archive = subjectsOf.has(prefix) ? prefix : nearest(prefix, [...subjectsOf.keys()]);
  if (archive === undefined && byName.length > 0) return question(byName);
  if (archive === undefined) return 'use one such as cs.LG, math.AG or hep-th';
  const subjects = subjectsOf.get(archive) ?? [];
  if (subjects.length === 0) return question([archive]);
  const example = known.find((name) => name.startsWith(`${archive}.`)) ?? `${archive}.${subjects[0]}`;
  if (!subject)
    return `${archive === prefix ? 'it' : `"${archive}"`} is a whole archive; write its subjects, such as ${example}`;
  const meant = meantBy(archive, subject, subjects);
  if (meant.length > 0 && meant.length <= maxSuggested) return question(meant);
  return `${archive} has ${subjects.slice(0, -1).join(', ')} and ${subjects.at(-1)}; use one such as ${example}`;
};

/**
 * What is wrong with a category, as a sentence without a period; undefined if the category exists.
 *
 * @param byName Categories whose names are like it.
 */
export const categoryFault = (category: string, byName: readonly string[] = []): string | undefined =>
  categories.has(category) ? undefined : `${quote(category)} is not an arXiv category; ${advice(category, byName)}`;

export const category = text('an arXiv category such as cs.LG').refine(
  (name) => categories.has(name),
  complain((name) => categoryFault(name) ?? ''),
);
