import leven from 'leven';
import { complain, nearest, quote } from './problems.ts';
import { text } from './values.ts';

/**
 * arXiv's categories, each archive with its subjects; none for one that is announced as a whole.
 * From https://arxiv.org/category_taxonomy, without the archives that were closed, such as `q-alg`.
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

/** Subjects by archive. */
const subjectsOf: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(taxonomy).map(([archive, subjects]) => [archive, subjects.split(' ').filter(Boolean)]),
);

/** Every category, as papers are announced in: `cs.LG`, `hep-th`. */
export const categories: ReadonlySet<string> = new Set(
  [...subjectsOf].flatMap(([archive, subjects]) =>
    subjects.length === 0 ? [archive] : subjects.map((subject) => `${archive}.${subject}`),
  ),
);

/** More names than these are no help in a question. */
const maxSuggested = 4;

/** An example is one that many know, where the archive has one. */
const known = ['cs.LG', 'math.AG', 'stat.ML', 'astro-ph.GA', 'physics.optics'];

const asked = (meant: readonly string[]): string => {
  const names = meant.map((name) => `"${name}"`);
  return `did you mean ${names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names[0]}?`;
};

/** The categories of a subject, whatever their archive. */
const ofSubject = (subject: string): string[] =>
  [...categories].filter((name) => name.toLowerCase().endsWith(`.${subject.toLowerCase()}`));

/** The categories that a wrong subject was most likely to name: in another archive, or by a slip in this one. */
const meantBy = (archive: string, subject: string, subjects: readonly string[]): string[] => {
  const typed = subject.toLowerCase();
  const same = ofSubject(subject);
  const here = same.filter((name) => name.startsWith(`${archive}.`));
  if (same.length > 0) return here.length > 0 ? here : same;
  // Of two letters one may be wrong, of a longer name more.
  const slips = typed.length > 3 ? 2 : 1;
  return subjects.filter((name) => leven(typed, name.toLowerCase()) <= slips).map((name) => `${archive}.${name}`);
};

const advice = (category: string): string => {
  const [typed = '', subject] = category.split(/\.(.*)/s);
  const alone = subject === undefined && !subjectsOf.has(typed) ? ofSubject(typed) : [];
  if (alone.length > 0 && alone.length <= maxSuggested) return asked(alone);
  const archive = subjectsOf.has(typed) ? typed : nearest(typed, [...subjectsOf.keys()]);
  if (archive === undefined) return 'write one such as cs.LG, math.AG or hep-th';
  const subjects = subjectsOf.get(archive) ?? [];
  if (subjects.length === 0) return asked([archive]);
  const example = known.find((name) => name.startsWith(`${archive}.`)) ?? `${archive}.${subjects[0]}`;
  if (!subject)
    return `${archive === typed ? 'it' : `"${archive}"`} is a whole archive; write its subjects, such as ${example}`;
  const meant = meantBy(archive, subject, subjects);
  if (meant.length > 0 && meant.length <= maxSuggested) return asked(meant);
  return `${archive} has ${subjects.slice(0, -1).join(', ')} and ${subjects.at(-1)}; write one such as ${example}`;
};

/** What is wrong with a category, as a sentence without its end; undefined where arXiv has it. */
export const categoryFault = (category: string): string | undefined =>
  categories.has(category) ? undefined : `${quote(category)} is not an arXiv category; ${advice(category)}`;

/** An arXiv category of which papers are announced. */
export const category = text('an arXiv category such as cs.LG').refine(
  (name) => categories.has(name),
  complain((name) => categoryFault(name) ?? ''),
);
