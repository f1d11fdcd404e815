/**
 * Search fields and choices marked `data-filter="<id of a table>"` hide the rows of its body that do not have every
 * word in their text, or not the chosen value in their `data-<name>`. The words are kept in the address, so that a
 * filtered page can be linked to.
 */
export function setUpFilters(): void {
  const controls = [...document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[data-filter]')];
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const control of controls) {
    control.closest<HTMLElement>('.filters')!.hidden = false;
    control.value = wanted.get(control.name) ?? control.value;
    control.addEventListener('input', () => apply(controls));
  }
  if (controls.length > 0) apply(controls);
  // A live list gets new rows; they are filtered like the others.
  document.addEventListener('faultline-rows', () => apply(controls));
}

function apply(controls: readonly (HTMLInputElement | HTMLSelectElement)[]): void {
  const state = new URLSearchParams();
  for (const { name, value } of controls) if (value !== '') state.set(name, value);
  const hash = state.toString();
  if (hash !== location.hash.slice(1) && (hash !== '' || location.hash.includes('=')))
    history.replaceState(null, '', `#${hash}`);
  for (const id of new Set(controls.map(({ dataset }) => dataset['filter']!))) {
    const own = controls.filter(({ dataset, value }) => dataset['filter'] === id && value !== '');
    const rows = [...document.querySelectorAll<HTMLElement>(`#${id} tbody tr`)];
    for (const row of rows) row.hidden = !own.every((control) => matches(row, control));
    const shown = rows.filter(({ hidden }) => !hidden).length;
    const counter = document.querySelector(`[data-count="${id}"]`);
    if (counter !== null) counter.textContent = `${shown} of ${rows.length}`;
  }
}

function matches(row: HTMLElement, control: HTMLInputElement | HTMLSelectElement): boolean {
  if (control instanceof HTMLSelectElement) return row.dataset[control.name] === control.value;
  const text = row.textContent.toLowerCase();
  return control.value
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
