import type { ComponentChildren } from 'preact';

/** Controls over a table; hidden until the script that makes them work has run. */
export function Filters({ table, children }: { table: string; children: ComponentChildren }) {
  return (
    <form class="filters" hidden role="search" aria-label="Filter the table">
      {children}
      <p class="aside" aria-live="polite">
        <span data-count={table} /> shown
      </p>
    </form>
  );
}

export function FilterSearch({ table }: { table: string }) {
  return (
    <label>
      Search
      <input type="search" name="search" data-filter={table} placeholder="words, in any order" />
    </label>
  );
}

export function FilterChoice(props: { table: string; name: string; label: string; values: readonly string[] }) {
  return (
    <label>
      {props.label}
      <select name={props.name} data-filter={props.table}>
        <option value="">all</option>
        {props.values.map((value) => (
          <option value={value}>{value}</option>
        ))}
      </select>
    </label>
  );
}
