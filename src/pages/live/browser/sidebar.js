/** As in the style sheet: wide pages show the sidebar, narrow ones fold it. */
const wide = '(min-width: 62rem)';

/** Opens the sidebar on wide pages, where it scrolls on its own, so that its links count as reachable. */
export const enableSidebar = () => {
  const query = matchMedia(wide);
  const follow = () => document.querySelector('.side > .unfold')?.toggleAttribute('open', query.matches);
  query.addEventListener('change', follow);
  follow();
};
