import { longDate } from '../../src/core/dates.ts';
import type { DigestDraft } from '../../src/core/digest.ts';
import { note, numberedList, type Part, paragraph } from '../../src/core/message.ts';
import { scoreText } from '../../src/core/score.ts';
import { describeCounts, describeEngines } from '../../src/digest/text.ts';
import { paperLine } from '../shared/paper-lines.ts';

const maxShown = 5;

export type Preview = { parts: Part; ids: readonly string[] };

/** The best papers of a draft. @param draft Undefined if the newest papers could not be read. */
export const previewParts = (draft: DigestDraft | undefined): Preview => {
  if (!draft)
    return {
      parts: paragraph('There is no preview, because the newest papers could not be read. You can start anyway.'),
      ids: [],
    };
  const { entries, nearest } = draft;
  const shown = (entries.length > 0 ? entries : nearest).slice(0, maxShown);
  const parts = [
    paragraph({ text: `Preview of ${longDate(draft.date)}: `, bold: true }, describeCounts(draft)),
    paragraph(entries.length === 0 && shown.length > 0 && 'These came closest:'),
    numberedList(shown.map(({ paper, score }) => paperLine(paper, scoreText(score)))),
    paragraph(entries.length > shown.length && `And ${entries.length - shown.length} more.`),
    note(`${describeEngines(draft)}, at no cost.`),
  ];
  return { parts, ids: shown.map(({ paper }) => paper.id) };
};
