import { expect, test } from 'vitest';
import { splitAuthors } from '../../src/arxiv/text.ts';

test.each([
  ['Ada Moe, Bo Ek', ['Ada Moe', 'Bo Ek']],
  ['Ada Moe (Univ. A, Lab B), Bo Ek (C (D, E), F), Cy Lund', ['Ada Moe', 'Bo Ek', 'Cy Lund']],
  ['Ada Moe (1) (2), Bo Ek [A, B]', ['Ada Moe', 'Bo Ek']],
  ['Ada (Addie) Moe, Bo Ek', ['Ada (Addie) Moe', 'Bo Ek']],
  ['Ada Moe, Bo Ek, and Cy Lund', ['Ada Moe', 'Bo Ek', 'Cy Lund']],
  [String.raw`Andr\'e Moe (\'Ecole, Lab), {\"O}. Ek`, ['André Moe', 'Ö. Ek']],
  ['Ada Moe, Jr., Bo Ek', ['Ada Moe, Jr.', 'Bo Ek']],
  ['Ada Moe (broken, Bo Ek', ['Ada Moe (broken', 'Bo Ek']],
  ['Andy Moe, Anders and Co', ['Andy Moe', 'Anders and Co']],
  [' Deep Sky Team,  :, Ada Moe, Bo Ek', ['Deep Sky Team', 'Ada Moe', 'Bo Ek']],
  ['Deep Sky Team: Ada Moe, Bo Ek', ['Deep Sky Team', 'Ada Moe', 'Bo Ek']],
  ['Sky Collaboration:, Ada Moe, ;, -, Bo Ek', ['Sky Collaboration', 'Ada Moe', 'Bo Ek']],
  ['Sky Collaboration：, Ada Moe', ['Sky Collaboration', 'Ada Moe']],
  ['3D Team, :', ['3D Team']],
  ['', []],
])('reads "%s" as %j', (line, names) => {
  expect(splitAuthors(line)).toEqual(names);
});
