import { describe, expect, it } from 'vitest';
import { accents, escapes, fonts, links, oneLine, safeMathematics, ties } from '../../../tools/seeds/explanations.ts';

describe('the rewrites of TeX', () => {
  it.each([
    [
      accents,
      "Andr\\'e M{\\\"u}ller, S{\\o}ren Ma\\v{c}i\\'c, Ma\\~na, \\L od\\'{\\i}",
      'André Müller, Søren Mačić, Maña, Łodí',
    ],
    [fonts, 'an \\emph{old} and \\textbf{\\textit{new}} {\\bf one}', 'an old and new one'],
    [escapes, '5\\% of R\\&D, a\\_b', '5% of R&D, a_b'],
    [links, 'at \\href{https://a.example/b}{this place}.', 'at this place (https://a.example/b).'],
    [ties, 'Figure~1 and work~\\citep{moe}', 'Figure 1 and work \\citep{moe}'],
    [safeMathematics, '5 < 6, so $a<b$ and $c>d$', '5 < 6, so $a\\lt b$ and $c\\gt d$'],
    [oneLine, ' one\n two  three ', 'one two three'],
  ])('%o produce what arXiv shows', (rewrite, text, shown) => {
    expect(rewrite(text)).toBe(shown);
  });

  it('do not change mathematics', () => {
    const text = "$\\hat{x}\\%\\'e~\\textbf{S}$";
    for (const rewrite of [accents, fonts, escapes, ties]) expect(rewrite(text)).toBe(text);
  });
});
