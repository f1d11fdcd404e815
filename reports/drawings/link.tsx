/** A link that selects an operation in the timeline. */
export function OperationLink({ index }: { index: number }) {
  return (
    <a class="operation-link" href={`#op=${index}`}>
      #{index}
    </a>
  );
}
