/** Names of commands and the characters they stand for, `alpha α`, by line. */
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

/** The character that a command such as `\alpha` stands for, by the command's name. */
export const symbolOf = (name: string): string | undefined => symbols.get(name);

const raised = '0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻=⁼(⁽)⁾aᵃbᵇcᶜdᵈeᵉfᶠgᵍhʰiⁱjʲkᵏlˡmᵐnⁿoᵒpᵖrʳsˢtᵗuᵘvᵛwʷxˣyʸzᶻTᵀ*⃰′′';
const lowered = '0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋=₌(₍)₎aₐeₑhₕiᵢjⱼkₖlₗmₘnₙoₒpₚrᵣsₛtₜuᵤvᵥxₓβᵦγᵧρᵨφᵩχᵪ';

const pairs = (text: string): Map<string, string> => {
  const characters = [...text];
  return new Map(characters.flatMap((one, at) => (at % 2 === 0 ? [[one, characters[at + 1] ?? ''] as const] : [])));
};

const scripts = { '^': pairs(raised.replace('*⃰', '**')), _: pairs(lowered) };

/** A short text as an exponent (`^`) or an index (`_`) in Unicode; undefined where it lacks one of the characters. */
export const scriptOf = (sign: '^' | '_', text: string): string | undefined => {
  const characters = [...text].map((character) => scripts[sign].get(character));
  return characters.every((character) => character !== undefined) ? characters.join('') : undefined;
};

const doubleStruck: Readonly<Record<string, string>> = { C: 'ℂ', H: 'ℍ', N: 'ℕ', P: 'ℙ', Q: 'ℚ', R: 'ℝ', Z: 'ℤ' };

/** A capital letter as `\mathbb` sets it; other text as it is. */
export const blackboard = (text: string): string =>
  text.replace(
    /[A-Z]/g,
    (letter) => doubleStruck[letter] ?? String.fromCodePoint(0x1d538 + letter.charCodeAt(0) - 'A'.charCodeAt(0)),
  );
