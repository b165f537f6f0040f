import type { Paper } from '../paper.ts';
import { bibtexOf } from './bibtex.ts';
import { cslJsonOf } from './csl.ts';
import { risOf } from './ris.ts';

export const exportFormats = ['bibtex', 'ris', 'csl'] as const;

export type ExportFormat = (typeof exportFormats)[number];

type Export = { label: string; ending: string; mediaType: string; write(papers: readonly Paper[]): string };

/** Formats that reference managers read. */
export const exports: Record<ExportFormat, Export> = {
  bibtex: { label: 'BibTeX', ending: 'bib', mediaType: 'application/x-bibtex', write: bibtexOf },
  ris: { label: 'RIS', ending: 'ris', mediaType: 'application/x-research-info-systems', write: risOf },
  csl: { label: 'CSL-JSON', ending: 'json', mediaType: 'application/vnd.citationstyles.csl+json', write: cslJsonOf },
};
