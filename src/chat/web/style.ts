/** The pages' whole style sheet; it goes into each page, so that a page is one file. */
export const style = `
:root { --ink: #1d2330; --soft: #5b6475; --line: #e2e5ec; --card: #fff; --back: #f5f6f9; --link: #1a56c4; --warm: #fdf3dc; --warm-ink: #6b4a00; --bar: #2f7d5d; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9f0; --soft: #9aa4b7; --line: #2b3140; --card: #1a1f2a; --back: #12161e; --link: #8ab4ff; --warm: #3a2f14; --warm-ink: #f3d999; --bar: #5cc497; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main, footer { max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .1rem 0 .6rem; }
h2 { font-size: 1.1rem; line-height: 1.35; margin: 0; }
p { margin: .5rem 0; }
nav { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; font-size: .9rem; }
header { margin: 1.2rem 0; }
header .small:first-child { text-transform: uppercase; letter-spacing: .06em; margin: 0; }
ol { list-style: none; margin: 0; padding: 0; counter-reset: rank; }
li { counter-increment: rank; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.1rem; margin: 0 0 .9rem; }
h2 a { text-decoration: none; }
h2 a:hover, h2 a:focus-visible { text-decoration: underline; }
h2::before { content: counter(rank) ". "; color: var(--soft); font-weight: 400; }
.authors { color: var(--soft); font-size: .92rem; margin: .2rem 0 .5rem; }
.scores { display: flex; gap: .3rem 1.3rem; flex-wrap: wrap; font-size: .92rem; }
.score { white-space: nowrap; }
meter { width: clamp(2.8rem, 12vw, 5.5rem); height: .7rem; vertical-align: baseline; }
meter::-webkit-meter-optimum-value { background: var(--bar); }
.match { font-weight: 600; }
.small { color: var(--soft); font-size: .85rem; }
.notice { background: var(--warm); color: var(--warm-ink); border-radius: 8px; padding: .6rem .8rem; }
details summary { cursor: pointer; color: var(--link); font-size: .92rem; }
`;
