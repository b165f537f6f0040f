import { bulletList, type Part, paragraph } from '../../src/core/message.ts';
import { shorten } from '../../src/core/paper.ts';
import type { UnderstoodTopics } from '../../src/core/services.ts';

const maxListed = 10;
const maxLength = 160;

const listOf = (title: string, texts: readonly string[]): Part => {
  const more = texts.length - maxListed;
  return texts.length === 0
    ? undefined
    : [
        paragraph({ text: title, bold: true }),
        bulletList([
          ...texts.slice(0, maxListed).map((text) => shorten(text, maxLength)),
          more > 0 && `and ${more} more`,
        ]),
      ];
};

/** What the built-in scorer takes from the topics, as two lists, with a warning if it cannot use them. */
export const understoodParts = ({ wanted, unwanted, problem }: UnderstoodTopics): Part => [
  paragraph(problem && `⚠️ ${problem.text} ${problem.fix}`),
  listOf('Understood as wanted', wanted),
  listOf('Understood as not wanted', unwanted),
];
