/** A link to something folded away opens it; the address may also come from outside, as in a chat. */
export function setUpReveal(): void {
  const reveal = () => {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener('hashchange', reveal);
  // The same link twice changes no hash.
  addEventListener('click', (event) => {
    const link = (event.target as Element).closest('a[href^="#"]');
    if (link?.getAttribute('href') === location.hash) reveal();
  });
  reveal();
}
