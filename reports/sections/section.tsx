import type { ComponentChildren } from 'preact';

interface Props {
  readonly id: string;
  readonly title: string;
  /** One sentence under the heading. */
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A section of the page with an anchor that the navigation points to. */
export function Section({ id, title, lead, children }: Props) {
  return (
    <section id={id} aria-labelledby={`${id}-heading`}>
      <h2 id={`${id}-heading`}>{title}</h2>
      {lead !== undefined && <p class="lead">{lead}</p>}
      {children}
    </section>
  );
}

interface TableProps {
  readonly label: string;
  readonly head: readonly ComponentChildren[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Positions of columns holding numbers, set flush right. */
  readonly numeric?: readonly number[];
  readonly class?: string;
}

/** A table that scrolls by itself where the page is narrow, also by keyboard. */
export function Table({ label, head, rows, numeric = [], class: extra }: TableProps) {
  const align = (column: number) => (numeric.includes(column) ? 'number' : undefined);
  return (
    <div class={`table scroll ${extra ?? ''}`} tabindex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th scope="col" class={align(column)}>
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell, column) => (
                <td class={align(column)}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A value from the database or configuration: monospaced, isolated from the direction of the text around it. */
export function Value({ children }: { children: ComponentChildren }) {
  return (
    <bdi>
      <code>{children}</code>
    </bdi>
  );
}
