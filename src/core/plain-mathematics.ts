import { withoutControls } from './folding.ts';
import { splitMathematics } from './mathematics.ts';

const table = `
alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν
xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π
Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω ell ℓ hbar ℏ Re ℜ Im ℑ aleph ℵ partial ∂ nabla ∇ infty ∞ emptyset ∅ varnothing ∅
le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ ll ≪ gg ≫ lt < gt > ne ≠ neq ≠ approx ≈ sim ∼ simeq ≃ cong ≅ equiv ≡
propto ∝ prec ≺ succ ≻ lesssim ≲ gtrsim ≳ times × cdot · div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ otimes ⊗
odot ⊙ dagger † in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ cup ∪ cap ∩ setminus ∖ land ∧ wedge ∧ lor ∨
vee ∨ neg ¬ lnot ¬ forall ∀ exists ∃ perp ⊥ parallel ∥ mid | vert | Vert ‖ | ‖ to → rightarrow → leftarrow ← gets ←
leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⇒ iff ⇔ mapsto ↦ longrightarrow ⟶ uparrow ↑
downarrow ↓ nearrow ↗ searrow ↘ sum ∑ prod ∏ int ∫ langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ lvert | rvert |
lVert ‖ rVert ‖ ldots … dots … cdots ⋯ prime ′ degree ° deg ° triangle △ square □ checkmark ✓ top ⊤ bot ⊥ coloneqq ≔
triangleq ≜ vdash ⊢ models ⊨ textemdash — textendash – textasciitilde ~ textdegree ° S § P ¶ copyright © lbrace { rbrace }
`;

const words = table.trim().split(/\s+/);
const symbols = new Map(words.flatMap((name, at) => (at % 2 === 0 ? [[name, words[at + 1] ?? ''] as const] : [])));

const symbolOf = (name: string): string | undefined => symbols.get(name);

const raised = '0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻=⁼(⁽)⁾aᵃbᵇcᶜdᵈeᵉfᶠgᵍhʰiⁱjʲkᵏlˡmᵐnⁿoᵒpᵖrʳsˢtᵗuᵘvᵛwʷxˣyʸzᶻTᵀ*⃰′′';
const lowered = '0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋=₌(₍)₎aₐeₑhₕiᵢjⱼkₖlₗmₘnₙoₒpₚrᵣsₛtₜuᵤvᵥxₓβᵦγᵧρᵨφᵩχᵪ';

const pairs = (text: string): Map<string, string> => {
  const characters = [...text];
  return new Map(characters.flatMap((one, at) => (at % 2 === 0 ? [[one, characters[at + 1] ?? ''] as const] : [])));
};

const scripts = { '^': pairs(raised.replace('*⃰', '**')), _: pairs(lowered) };

/** A short text as a Unicode superscript (`^`) or subscript (`_`); undefined if Unicode lacks a character. */
const scriptOf = (sign: '^' | '_', text: string): string | undefined => {
  const characters = [...text].map((character) => scripts[sign].get(character));
  return characters.every((character) => character !== undefined) ? characters.join('') : undefined;
};

const doubleStruck: Readonly<Record<string, string>> = { C: 'ℂ', H: 'ℍ', N: 'ℕ', P: 'ℙ', Q: 'ℚ', R: 'ℝ', Z: 'ℤ' };

const blackboard = (text: string): string =>
  text.replace(
    /[A-Z]/g,
    (letter) => doubleStruck[letter] ?? String.fromCodePoint(0x1d538 + letter.charCodeAt(0) - 'A'.charCodeAt(0)),
  );

const maxDepth = 8;

const marks: Readonly<Record<string, string>> = {
  tilde: '\u0303',
  widetilde: '\u0303',
  hat: '\u0302',
  widehat: '\u0302',
  bar: '\u0304',
  overline: '\u0304',
  vec: '\u20d7',
  dot: '\u0307',
  ddot: '\u0308',
};

const functions =
  /([\p{L}\p{N})\]])?\\(a?r?c?(?:cos|sin|tan)h?|deg|det|dim|exp|gcd|inf|ker|lg|lim|ln|log|max|min|mod|Pr|sup|arg(?:max|min)?)(?![A-Za-z])/gu;

/** A number, or a name with its accents, superscripts and subscripts. */
const word = /^(?:[\d.]+|[\p{L}\p{M}\p{No}]+|.)?$/u;
const oneLetter = /^(?:[\d.]+|\p{L}[\p{M}\p{No}\p{Lm}]*|.)?$/u;

const parenthesized = (text: string, single = word): string => (single.test(text) ? text : `(${text})`);

const script = (whole: string, sign: '^' | '_', braced?: string, bare?: string): string => {
  const text = (braced ?? bare ?? '').trim();
  if (text === '∘' && sign === '^') return '°';
  if (/[\\{}^_]/.test(text)) return whole;
  // A placeholder, so that the next pass does not read the sign as a script again.
  return scriptOf(sign, text.replace(/\s/g, '')) ?? `${sign === '^' ? '\ue002' : '\ue003'}${parenthesized(text)}`;
};

const innermost = (tex: string): string =>
  tex
    .replace(/(\^|_)(?:\{([^{}]*)\}|([^\s\\{}^_]))/g, script)
    .replace(
      /\\(?:[cdst]|nice)?frac\s*(?:\{([^{}]*)\}\s*\{([^{}]*)\}|(\d)\s*(\d))/g,
      (_whole, top = '', under = '', a = '', b = '') => {
        return `${parenthesized(top + a)}/${parenthesized(under + b)}`;
      },
    )
    .replace(
      /\\sqrt\s*(?:\{([^{}]*)\}|(\w))/g,
      (_whole, braced = '', bare = '') => `√${parenthesized(braced + bare, oneLetter)}`,
    )
    .replace(/\\mathbb\s*(?:\{([^{}]*)\}|([A-Z]))/g, (_whole, braced = '', bare = '') => blackboard(braced + bare))
    .replace(
      /\\(widetilde|widehat|overline|tilde|hat|bar|vec|ddot|dot)\s*(?:\{\s*(\p{L})\s*\}|(?<=[a-z]\s+)(\p{L}))/gu,
      (_whole, name: string, braced = '', bare = '') => `${braced}${bare}${marks[name] ?? ''}`.normalize('NFC'),
    )
    .replace(
      /\\(?:text[a-z]*|mathrm|mathbf|mathsf|mathit|mathtt|mathcal|mathscr|mathfrak|boldsymbol|bm|mbox|operatorname\*?|emph|underline)\s*(?:\{([^{}]*)\}|(?<=\s)([A-Za-z])|(?<=[a-z])([A-Z\d]))/g,
      '$1$2$3',
    )
    .replace(/(?<![\\^_}\]]|\\[A-Za-z]+\*?\s*)\{([^{}]*)\}/g, '$1');

const readable = (tex: string): string | undefined => {
  let text = tex
    .replace(/\\([%#&$_])/g, (_whole, sign: string) => (sign === '_' ? '\ue003' : sign))
    .replace(/\\\{/g, '\ue000')
    .replace(/\\\}/g, '\ue001')
    .replace(/\\(?:left|right|[bB]igg?[lrm]?|limits|displaystyle|textstyle)(?![A-Za-z])\s*\.?/g, '')
    .replace(/\\(?:rm|bf|it|sf|tt|cal)(?![A-Za-z])\s*/g, '')
    .replace(/\\[,;: ]|~|\\q?quad(?![A-Za-z])/g, ' ')
    .replace(/\\[!/@-]/g, '')
    .replace(functions, (_whole, before: string | undefined, name: string) => `${before ? `${before} ` : ''}${name}`)
    .replace(/(?<=(\S?))\\([A-Za-z]+|\|)( ?)/g, (whole, before: string, name: string, space: string) => {
      const symbol = symbolOf(name);
      if (symbol === undefined) return whole;
      // In `5\times 5` the space only ends the command's name.
      return before === '' || /\p{L}/u.test(symbol) ? symbol + space : symbol;
    });
  for (let depth = 0; depth < maxDepth && /[\\{}^_]/.test(text); depth += 1) text = innermost(text);
  if (/[\\{}^_]/.test(text)) return undefined;
  const signs: Readonly<Record<string, string>> = { '\ue000': '{', '\ue001': '}', '\ue002': '^', '\ue003': '_' };
  return text
    .replace(/[\ue000-\ue003]/g, (mark) => signs[mark] ?? mark)
    .replace(/\s+/g, ' ')
    .trim();
};

/** True if every command of a formula is known here, so that it only prints characters. */
export const hasOnlyKnownCommands = (tex: string): boolean => readable(tex) !== undefined;

const scriptSigns = { superscript: '^', subscript: '_' } as const;

/** Repetitions are bounded, because ten thousand spaces would otherwise take quadratic time. */
const commands = (text: string): string =>
  text
    // arXiv turns `\beta` into an accent: `\b{eta}`.
    .replace(/\\([a-zA-Z])\{([a-z]+)\}/g, (whole, first: string, rest: string) => symbolOf(first + rest) ?? whole)
    .replace(/\{\\([A-Za-z]+)\}/g, (whole, name: string) => symbolOf(name) ?? whole)
    .replace(/\{\\(?:rm|bf|it|em|sf|sc|tt|cal)(?![A-Za-z])\s{0,9}([^{}\\]*)\}/g, '$1')
    .replace(/\\([A-Za-z]{2,})(?![A-Za-z])(?:\{\})?/g, (whole, name: string) => symbolOf(name) ?? whole)
    .replace(/\\(e\.?g|i\.?e)(?![A-Za-z])\.?/g, (_whole, name: string) => (name.startsWith('e') ? 'e.g.' : 'i.e.'))
    .replace(
      /(\()?[\s~]{0,9}\\cite[a-z]*\*?\s{0,9}(?:\[[^[\]]*\]){0,2}\s{0,9}\{([^{}]*)\}/g,
      (_whole, bracket = ' ', keys = '') => {
        return `${bracket}[${keys.trim()}]`;
      },
    )
    .replace(
      /\s{0,9}\\footnote(?:\[\d*\])?\{([^{}]*)\}/g,
      (_whole, note: string) => ` (${note.trim().replace(/\.$/, '')})`,
    )
    .replace(/\\(?:href|hyperlink)\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, '$2 ($1)')
    .replace(/\\textcolor\s*\{[^{}]*\}\s*\{([^{}]*)\}/g, '$1')
    .replace(
      /\\text(superscript|subscript)\s*\{([^{}]*)\}/g,
      (_whole, name: 'superscript' | 'subscript', text: string) => {
        return scriptOf(scriptSigns[name], text) ?? text;
      },
    )
    .replace(/\\[,;: ]/g, ' ')
    .replace(/\\--?/g, '-')
    .replace(/\\[/@!]/g, '');

/** Prose with TeX's quotation marks, dashes and leftover commands replaced by characters. For display only. */
export const smoothProse = (text: string): string => {
  const plain = withoutControls(text);
  if (!/[\\`~]|--/.test(plain)) return plain;
  const resolved = plain.includes('\\') ? commands(plain) : plain;
  const quoted = resolved.includes('`')
    ? resolved
        .replace(/(?<!`)``(?!`)/g, '“')
        .replace(/(?<![\w`‘])`([^`'\s](?:[^`']{0,80}[^`'\s])?)'(?![\w'])/g, '‘$1’')
        .replace(/(?<!')''(?!')/g, '”')
    : resolved;
  return quoted
    .replace(/(?<=\d)~(?=\p{L})/gu, ' ')
    .replace(/(?<!-)---(?!-)/g, '—')
    .replace(/(?<=^|[\p{L}\p{N}.,)\]”’%])--(?=$|[\p{L}\p{N}([“‘])|(?<=^|\s)--(?=\s|$)/gu, '–');
};

/** The text of a formula that is only a link or a character code; undefined for real formulas. */
export const proseOf = (tex: string): string | undefined => {
  const [, number] = /^\s*\\unicode\s*\{x([0-9a-fA-F]{1,6})\}\s*$/.exec(tex) ?? [];
  const code = Number.parseInt(number ?? '', 16);
  if (code > 0x1f && code <= 0x10ffff) return withoutControls(String.fromCodePoint(code).toWellFormed());
  const [, url, inCommand, bare] =
    /^\s*\\href\s*\{([^{}]*)\}\s*\{(?:\\text[a-z]*\s*\{([^{}]*)\}|([^{}\\]*))\}\s*$/.exec(tex) ?? [];
  if (url === undefined) return undefined;
  const text = (inCommand ?? bare ?? '').trim();
  return text === '' || text === url ? url : `${text} (${url})`;
};

/**
 * A paper's text as plain text, for chat, page titles and feeds: mathematics in Unicode if it fits on one line (`$O(n^2)$`
 * becomes O(n²)), otherwise as TeX without the dollar signs.
 */
export const plainMathematics = (text: string): string =>
  splitMathematics(text)
    .map((part) => {
      if (part.kind === 'text') return smoothProse(part.text);
      const tex = withoutControls(part.text);
      return proseOf(tex) ?? readable(tex) ?? tex.trim();
    })
    .join('');
