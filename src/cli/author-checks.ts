import type { App } from '../app.ts';
import { type AuthorCandidate, sameNameAs } from '../core/author.ts';
import type { FollowedAuthor } from '../core/channel.ts';
import type { Check } from '../core/platform.ts';

const service = 'Semantic Scholar';

type Search = (name: string) => Promise<readonly AuthorCandidate[] | undefined>;

const checkGivenId = async ({ name, semanticScholarId }: FollowedAuthor, search: Search): Promise<Check> => {
  const check = `author ${name}`;
  const candidates = await search(name);
  if (!candidates)
    return { name: check, ok: false, detail: `${service} does not answer`, fix: 'run doctor again later' };
  const owner = candidates.find(({ authorId }) => authorId === semanticScholarId);
  if (owner) return { name: check, ok: true, detail: `semanticScholarId "${owner.authorId}" is ${owner.name}` };
  return {
    name: check,
    ok: false,
    detail: `a search for the name does not find semanticScholarId "${semanticScholarId}"`,
    fix: `check whose page https://www.semanticscholar.org/author/${semanticScholarId} is; with a wrong id, no paper matches`,
  };
};

/** If several authors share a name, papers match by name only until the config names an id. */
const checkAuthor = async ({ name }: FollowedAuthor, search: Search): Promise<Check> => {
  const check = `author ${name}`;
  const candidates = await search(name);
  if (!candidates)
    return {
      name: check,
      ok: false,
      detail: `${service} does not answer`,
      fix: 'run doctor again later; papers match by name until then',
    };
  const namesakes = candidates.filter((candidate) => sameNameAs(name)(candidate.name));
  const [one] = namesakes;
  if (!one) return { name: check, ok: true, detail: `not found on ${service}; papers match by name` };
  if (namesakes.length === 1) return { name: check, ok: true, detail: `semanticScholarId "${one.authorId}"` };
  const known = namesakes
    .toSorted((a, b) => (b.papers ?? 0) - (a.papers ?? 0))
    .slice(0, 5)
    .map(({ authorId, hIndex, papers }) => `"${authorId}" (${papers ?? '?'} papers, h-index ${hIndex ?? '?'})`);
  return {
    name: check,
    ok: true,
    detail: `${namesakes.length} authors have this name, so papers match by name only; set semanticScholarId to the one you mean: ${known.join(', ')}`,
  };
};

/** Ends all searches after one that got no answer, so that the check takes one time limit in all. */
const patientSearch = ({ authors }: App, timeoutMs: number, signal: AbortSignal): Search => {
  let isSilent = false;
  return async (name) => {
    if (isSilent) return undefined;
    const timeout = AbortSignal.timeout(timeoutMs);
    const found = await authors.candidates(name, AbortSignal.any([signal, timeout])).catch((error: unknown) => {
      if (signal.aborted || !timeout.aborted) throw error;
      return undefined;
    });
    isSilent = found === undefined;
    return found;
  };
};

/** The names of the checks, for when they are skipped. */
export const authorCheckNames = ({ channels }: App): string[] => [
  ...new Set(channels.list().flatMap(({ authors }) => authors.map(({ name }) => `author ${name}`))),
];

export const checkAuthors = async (app: App, timeoutMs: number, signal: AbortSignal): Promise<Check[]> => {
  const followed = app.channels.list().flatMap(({ authors }) => authors);
  const given = new Map(followed.map((author) => [`${author.name} ${author.semanticScholarId}`, author]));
  const named = new Map(
    followed.flatMap((author) => (author.semanticScholarId ? [] : [[author.name, author] as const])),
  );
  const search = patientSearch(app, timeoutMs, signal);
  const checks: Check[] = [];
  for (const author of named.values()) checks.push(await checkAuthor(author, search));
  for (const author of given.values()) if (author.semanticScholarId) checks.push(await checkGivenId(author, search));
  return checks;
};
