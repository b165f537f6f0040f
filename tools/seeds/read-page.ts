import { z } from 'zod';
import type { DayPage, PagePaper } from './page.ts';
import { toCents } from './usage.ts';

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' };

const shown = (text: string): string =>
  text
    .split(/((?<!\\)\$(?:\\.|[^$\\])+\$)/)
    .map((part, index) => {
      if (index % 2 === 1) return part;
      const plain = part.replace(/\\([!-/:-@[-`{-~])/g, '$1');
      return plain.replace(/&(?:lt|gt|amp|quot);/g, (entity) => entities[entity] ?? entity);
    })
    .join('')
    .trim();

const first = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';

const orUndefined = (text: string): string | undefined => (text === '' ? undefined : text);

const number = (text: string): number => Number(text.replaceAll(',', ''));

const paperOf = (title: string, section: string): PagePaper => {
  const field = (name: string): string => first(section, new RegExp(`^\\*\\*${name}:\\*\\* (.*)$`, 'm'));
  const score = (name: string): number | undefined => (field(name) === '' ? undefined : number(field(name)));
  return {
    id: field('ArXiv ID'),
    title: shown(title),
    authors: shown(field('Authors')),
    abstract: shown(field('Abstract')),
    comment: shown(field('Comment')),
    relevance: score('Relevance'),
    novelty: score('Novelty'),
    followed: field('Author match') !== '',
  };
};

const sectionForm = /^## \d+\. \[(?<title>.*)\]\(https:\/\/arxiv\.org\/abs\/[^)]*\).*\n(?<section>(?:(?!---$).*\n)*)/gm;

const contentsForm = /^\d+\. \[(?<title>.*)\]\(#paper-\d+\)(?:\\\n +by (?<authors>.*))?/gm;

const dateForm = '(\\d{4}-\\d\\d-\\d\\d)';

const remedialOf = (page: string): DayPage['remedial'] => {
  const notice = first(page, /^((?:>.*\n)*>.*remedial run.*\n(?:>.*\n)*)/m);
  if (notice === '') return undefined;
  const made = first(notice, new RegExp(`generated on ${dateForm}`));
  const [from = '', to = from] = (notice.match(new RegExp(dateForm, 'g')) ?? []).filter((date) => date !== made);
  return { from, to, made };
};

export const readMarkdown = (page: string): DayPage => {
  const count = (name: string): number => number(first(page, new RegExp(`^- ${name}: ([\\d,]+)`, 'm')));
  // Cells: prompt, cached, completion and total.
  const row = (name: string) => {
    const cells = first(page, new RegExp(`^\\| \\*\\*${name}\\*\\* \\| (.*) \\|$`, 'm')).split(' | ');
    const [prompt = 0, cached = 0, completion = 0, total = 0] = cells.map((cell) => number(first(cell, /([\d,.]+)/)));
    return { prompt, cached, completion, total };
  };
  const { cached, ...tokens } = row('Tokens');
  const cost = row('Cost');
  return {
    date: first(page, new RegExp(`^# .*\\(${dateForm}\\)$`, 'm')),
    counts: { announced: count('Announced'), scanned: count('Scanned'), relevant: count('Relevant') },
    model: first(page, /^\| \*(.*?)\* \| Prompt/m),
    ...{ tokens, cached },
    cost,
    remedial: remedialOf(page),
    previous: orUndefined(first(page, new RegExp(`Previous day ${dateForm}\\]`))),
    month: orUndefined(first(page, /\[Month (\d{4}-\d\d)\]/)),
    next: orUndefined(first(page, new RegExp(`Next day ${dateForm} `))),
    contents: [...page.matchAll(contentsForm)].map(({ groups = {} }) => {
      return { title: shown(groups.title ?? ''), authors: shown(groups.authors ?? '') };
    }),
    papers: [...page.matchAll(sectionForm)].map(({ groups = {} }) => paperOf(groups.title ?? '', groups.section ?? '')),
    prompt: first(page, /^## Paper selection prompt\n+`{3,}.*\n([\s\S]*)\n`{3,}$/m),
  };
};

const dataSchema = z.object({
  date: z.iso.date(),
  navigation: z.object({ previous: z.string().nullable(), month: z.string(), next: z.string().nullable() }),
  remedial: z.object({ from: z.string(), to: z.string(), generatedOn: z.string() }).nullable(),
  counts: z.object({ announced: z.int(), scanned: z.int(), relevant: z.int() }),
  models: z
    .array(
      z.object({
        model: z.string(),
        promptTokens: z.int(),
        cachedTokens: z.int(),
        completionTokens: z.int(),
        costUsd: z.number(),
        promptCostUsd: z.number(),
        completionCostUsd: z.number(),
      }),
    )
    .length(1),
  papers: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      authors: z.array(z.string()),
      abstract: z.string(),
      comment: z.string(),
      relevance: z.int(),
      novelty: z.int(),
      reason: z.object({ matches: z.array(z.object({ basis: z.string() })) }),
    }),
  ),
  prompt: z.string(),
});

/** Reads the page's JSON. It has no table of contents, so its papers are used instead. */
export const readData = (json: string): DayPage => {
  const { navigation, remedial, models, papers, ...data } = dataSchema.parse(JSON.parse(json));
  const [charge] = models;
  if (!charge) throw new Error('the data has no model');
  const { model, promptTokens, cachedTokens, completionTokens, costUsd, promptCostUsd, completionCostUsd } = charge;
  const { previous, month, next } = navigation;
  const shown = papers.map(({ authors, reason, ...paper }) => {
    const followed = reason.matches.some(({ basis }) => basis === 'id');
    return { ...paper, authors: authors.join(', '), followed };
  });
  return {
    ...{ ...data, model, month, previous: previous ?? undefined, next: next ?? undefined },
    tokens: { prompt: promptTokens, completion: completionTokens, total: promptTokens + completionTokens },
    cached: cachedTokens,
    cost: { prompt: toCents(promptCostUsd), completion: toCents(completionCostUsd), total: toCents(costUsd) },
    remedial: remedial ? { from: remedial.from, to: remedial.to, made: remedial.generatedOn } : undefined,
    papers: shown,
    contents: shown.map(({ title, authors }) => ({ title, authors })),
  };
};
