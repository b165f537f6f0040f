import type { IsoDate } from '../../src/core/paper.ts';
import type { PagePaper, SeedPage } from './page.ts';

type Dialect = {
  form: SeedPage['form'];
  contents: RegExp;
  between: RegExp;
  heading: RegExp;
  label(name: string): string;
  promptTitle: RegExp;
  promptHeading: RegExp;
};

/** The first generation and remedial runs are Markdown. */
const markdown: Dialect = {
  form: 'markdown',
  contents: /^\d+\. \[(?<title>.*)\]\(#\S+\)\n\*\*Authors:\*\* (?<authors>.*)$/gm,
  between: /\n---\n/,
  heading: /^## (?<rank>\d+)\. \[(?<title>.*)\]\(https:\/\/arxiv\.org\/abs\/\S+\)/,
  label: (name) => `\\*\\*${name}:\\*\\*`,
  promptTitle: /^# Paper Selection Prompt$/m,
  promptHeading: /^## (.+)$/m,
};

/** The third generation is the text of a web page, which loses the lists in the prompt. */
const text: Dialect = {
  form: 'text',
  contents: /^ +\d+\. (?<title>.*?) Authors: (?<authors>.*)$/gm,
  between: /\n{3,}/,
  heading: /^(?<rank>\d+)\. (?<title>.*)/,
  label: (name) => `${name}:`,
  promptTitle: /^Paper Selection Prompt$/m,
  promptHeading: /^(Instructions|Scoring Criteria|Papers|Relevant Topics)$/m,
};

const heading = /^(?:# )?Personalized Daily Arxiv Papers (\S+)$/im;

const authorComment = 'Author match';

export const isSeed = (page: string): boolean => heading.test(page);

const isoDate = (date: string): IsoDate => {
  const [, month = '', day = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(date) ?? [];
  return year ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : date;
};

const find = (page: string, pattern: RegExp, what: string): RegExpExecArray => {
  const found = pattern.exec(page);
  if (!found) throw new Error(`no ${what}`);
  return found;
};

const paperOf = (section: string, { heading, label }: Dialect): PagePaper & { rank: number } => {
  const { rank = '', title = '' } = find(section, heading, 'heading of a paper').groups ?? {};
  const scores = `(?:\\s+${label('Relevance')} (?<relevance>\\d+)\\s+${label('Novelty')} (?<novelty>\\d+))?`;
  const fields = [
    `^${label('ArXiv ID')} (?<id>\\S+)`,
    `${label('Authors')} (?<authors>.*)`,
    `${label('Abstract')} (?<abstract>[\\s\\S]*)`,
    `${label('Comment')} (?<comment>(?:(?!\\n\\n)[\\s\\S])*)${scores}\\s*$`,
  ];
  const found = find(section, new RegExp(fields.join('\\n\\n'), 'm'), `fields of paper ${rank}`).groups ?? {};
  const { id = '', authors = '', abstract = '', comment = '', relevance, novelty } = found;
  return {
    ...{ rank: Number(rank), id, title, authors, abstract, comment },
    relevance: relevance === undefined ? undefined : Number(relevance),
    novelty: novelty === undefined ? undefined : Number(novelty),
    followed: comment === authorComment,
  };
};

const promptPart = (prompt: string, name: string, { promptHeading }: Dialect): string => {
  const parts = prompt.split(promptHeading);
  const at = parts.indexOf(name);
  if (at < 0) throw new Error(`no ${name} in the prompt`);
  return (parts[at + 1] ?? '').trim();
};

const count = (page: string, name: string): number =>
  Number(find(page, new RegExp(`^Total ${name} papers: (\\d+)$`, 'im'), `count of ${name} papers`)[1]);

const shares = (page: string, name: string) => {
  const line = find(page, new RegExp(`^[|*\\s]*${name}[*\\s]*[|\\s](.*)$`, 'm'), `line of ${name}`)[1] ?? '';
  const [prompt, completion, total] = (line.match(/[\d.]+/g) ?? []).map(Number);
  if (prompt === undefined || completion === undefined || total === undefined) throw new Error(`no numbers of ${name}`);
  return { prompt, completion, total };
};

/** Reads a page of any generation. @throws Error that names what is missing or contradictory. */
export const parseSeed = (file: string, source: string): SeedPage => {
  const page = source.replaceAll('\r\n', '\n');
  const dialect = /^# Personalized/m.test(page) ? markdown : text;
  const [body = '', prompt = ''] = page.split(dialect.promptTitle);
  const [head = '', ...sections] = body
    .split(dialect.between)
    .map((part) => part.trim())
    .filter((part, index) => index === 0 || part !== '');
  const papers = sections.map((section) => paperOf(section, dialect));
  const run = /missed papers from (\S+) to (\S+?)\.\s[>\s]*Results generated on (\S+?)\.\s/.exec(head);
  const relevant = count(head, 'relevant');
  const contents = [...head.matchAll(dialect.contents)].map(({ groups = {} }) => {
    return { title: groups.title ?? '', authors: groups.authors ?? '' };
  });
  if (papers.some(({ rank }, index) => rank !== index + 1)) throw new Error('the papers are not numbered from 1');
  if (papers.length !== relevant) throw new Error(`${papers.length} papers, but ${relevant} relevant ones are counted`);
  if (contents.length !== relevant) throw new Error(`${contents.length} papers in the table of contents`);
  return {
    ...{ file, form: dialect.form, contents },
    papers: papers.map(({ rank: _, ...paper }) => paper),
    date: isoDate(find(head, heading, 'date')[1] ?? ''),
    counts: { announced: count(head, 'arxiv'), scanned: count(head, 'scanned'), relevant },
    model: find(head, /^[|*\s]*\[(\S+)\][*\s|]+Prompt/m, 'model')[1] ?? '',
    tokens: shares(head, 'Token'),
    cached: undefined,
    cost: shares(head, 'Cost'),
    remedial: run ? { from: isoDate(run[1] ?? ''), to: isoDate(run[2] ?? ''), made: isoDate(run[3] ?? '') } : undefined,
    previous: /^Previous Day (\S+)$/m.exec(head)?.[1],
    month: /^Monthly Overview (\S+)$/m.exec(head)?.[1],
    next: /^Next Day (\S+)$/m.exec(head)?.[1],
    prompt: prompt.trim(),
    topics: promptPart(prompt, 'Relevant Topics', dialect),
    criteria: promptPart(prompt, 'Scoring Criteria', dialect),
  };
};
