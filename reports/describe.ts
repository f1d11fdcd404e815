import type { Json } from '../harness/history/operation.js';
import { clip, shorten, visible } from './text.js';

/** `open`: the history ends before its completion. */
export type OperationOutcome = 'ok' | 'fail' | 'info' | 'open';

/** What is needed to put an operation in a few words. Also used inside the page. */
export interface DescribedOperation {
  readonly f: string;
  readonly input: Json;
  /** Value of the completion; undefined where there is none. */
  readonly output: Json | undefined;
  readonly outcome: OperationOutcome;
}

/** `write 3`, `cas 1→2`, `read → 3`, `transfer 5 from 0 to 3 → refused`: one harmless line of bounded length. */
export function describe(operation: DescribedOperation, maxLength = 160): string {
  const asked = visible(request(operation));
  const answered = answer(operation);
  // The id last: where a label is cut, it is what can be spared.
  const words = asked + (answered === undefined ? '' : ` → ${visible(answered)}`) + identity(operation);
  return shorten(words.replace(/\s+/g, ' '), maxLength);
}

function request({ f, input, output, outcome }: DescribedOperation): string {
  if (f === 'txn') {
    const isAnswered = outcome === 'ok' && output != null;
    return `txn ${compact(isAnswered ? microOperations(output, 'null') : microOperations(input, '?'))}`;
  }
  if (input === null) return f;
  if (f === 'cas' && Array.isArray(input) && input.length === 2) return `cas ${compact(input[0])}→${compact(input[1])}`;
  if (f === 'transfer' && isRecord(input)) {
    return `transfer ${compact(input['amount'])} from ${compact(input['from'])} to ${compact(input['to'])}`;
  }
  if (isRecord(input) && 'id' in input && 'quantity' in input) {
    return `${f} ${compact(input['quantity'])}`;
  }
  if (isRecord(input) && 'order' in input) return `${f} of order ${compact(input['order'])}`;
  return `${f} ${compact(input)}`;
}

function identity({ f, input }: DescribedOperation): string {
  if (!isRecord(input) || !('id' in input) || f === 'txn') return '';
  return 'amount' in input || 'quantity' in input ? ` (id ${visible(compact(input['id'], 40))})` : '';
}

function answer({ f, input, output, outcome }: DescribedOperation): string | undefined {
  if (outcome === 'fail') return 'failed';
  if (outcome === 'info' || outcome === 'open') return '?';
  if (f === 'txn' || output === undefined) return undefined;
  if (isRecord(output) && typeof output['outcome'] === 'string') return output['outcome'];
  if (isRecord(output) && isRecord(output['balances'])) return compact(output['balances']);
  if (isRecord(output) && isRecord(output['stock'])) return compact(output['stock']);
  return JSON.stringify(output) === JSON.stringify(input) && input !== null ? undefined : compact(output);
}

/** `append x 1, r y [1 2]`; a null is a read's missing answer before it completed, and its answer afterwards. */
function microOperations(value: Json, nullAs: 'null' | '?'): Json {
  if (!Array.isArray(value)) return value;
  return value.map((micro: Json) =>
    Array.isArray(micro) ? micro.map((part: Json) => (part === null ? nullAs : compact(part))).join(' ') : micro,
  );
}

/** JSON without the noise: `{a: 1, b: [1 2 3]}`; strings bare. Bounded work even for a value of a megabyte. */
export function compact(value: Json | undefined, maxLength = 400): string {
  if (value === undefined) return '?';
  if (typeof value === 'string') return clip(value, maxLength);
  if (Array.isArray(value)) {
    const separator = value.some((item: Json) => typeof item === 'string' && item.includes(' ')) ? ', ' : ' ';
    return `[${joinBounded(value, (item: Json) => compact(item, maxLength), separator, maxLength)}]`;
  }
  if (isRecord(value)) {
    const entries = Object.entries(value);
    return `{${joinBounded(entries, ([name, item]) => `${clip(name, 80)}: ${compact(item, maxLength)}`, ', ', maxLength)}}`;
  }
  return String(value);
}

function joinBounded<T>(items: readonly T[], text: (item: T) => string, separator: string, maxLength: number): string {
  let joined = '';
  for (const [position, item] of items.entries()) {
    if (joined.length > maxLength) return `${joined}… ${items.length - position} more`;
    joined += (position === 0 ? '' : separator) + text(item);
  }
  return joined;
}

function isRecord(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
