import leven from 'leven';
import { categories, subjectsOf } from './categories.ts';
import { complain, nearest, quote } from './problems.ts';
import { text } from './values.ts';

/** More names than these are no help in a question. */
const mostMeant = 4;

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
  if (alone.length > 0 && alone.length <= mostMeant) return asked(alone);
  const archive = subjectsOf.has(typed) ? typed : nearest(typed, [...subjectsOf.keys()]);
  if (archive === undefined) return 'write one such as cs.LG, math.AG or hep-th';
  const subjects = subjectsOf.get(archive) ?? [];
  if (subjects.length === 0) return asked([archive]);
  const example = known.find((name) => name.startsWith(`${archive}.`)) ?? `${archive}.${subjects[0]}`;
  if (!subject)
    return `${archive === typed ? 'it' : `"${archive}"`} is a whole archive; write its subjects, such as ${example}`;
  const meant = meantBy(archive, subject, subjects);
  if (meant.length > 0 && meant.length <= mostMeant) return asked(meant);
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
