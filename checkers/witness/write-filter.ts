import {
  type History,
  NONE,
  VALUE_INT,
  VALUE_NULL,
  VALUE_PAIR,
  VALUE_RAW,
  VALUE_TRANSACTION,
} from '../../harness/history/history.js';
import { WROTE } from '../../harness/history/micro-operations/micro-operations.js';
import { maySingleWrite, type Write } from './writes.js';

/**
 * Tells by columns alone that an operation writes none of some values, so that few of a million have to be decoded.
 * Answers true where it may write one.
 */
export function writeFilter({ columns }: History, wanted: readonly Write[]): (position: number) => boolean {
  const { functions, functionNames, keys, keyNames, valueKinds, valuesA, valuesB, microOperations } = columns;
  const values = wanted.map(({ value }) => value);
  const numbers = new Set(values.filter((value) => typeof value === 'number'));
  const endings = new Uint8Array(ENDINGS);
  for (const number of numbers) endings[number & (ENDINGS - 1)] = 1;
  const isNumber = (value: number) => endings[value & (ENDINGS - 1)] === 1 && numbers.has(value);
  const hasNull = values.includes(null);
  const hasPair = values.some((value) => Array.isArray(value));
  const isWriting = Uint8Array.from(functionNames, (f) => (maySingleWrite(f) ? 1 : 0));
  const isWanted = flags(keyNames, new Set(wanted.map(({ key }) => key)));
  const isWantedHere = wanted.some(({ key }) => key === undefined);
  const isTouched = flags(microOperations?.keyNumbers ?? [], new Set(wanted.map(({ key }) => key)));
  return (position) => {
    const kind = valueKinds[position];
    if (kind < VALUE_RAW && isWriting[functions[position]] === 0) return false;
    const a = valuesA[position];
    const b = valuesB[position];
    if (kind === VALUE_TRANSACTION && microOperations !== undefined) {
      for (let at = a; at < a + b; at++) {
        if (microOperations.kinds[at] < WROTE || isTouched[microOperations.keys[at]] === 0) continue;
        if (isNumber(microOperations.values[at])) return true;
      }
      return false;
    }
    // What is kept as text may be a transaction with keys of its own.
    if (kind === VALUE_RAW) return true;
    const key = keys[position];
    if (key === NONE ? !isWantedHere : isWanted[key] === 0) return false;
    if (kind === VALUE_NULL) return hasNull;
    if (kind === VALUE_INT) return isNumber(a);
    return kind !== VALUE_PAIR || hasPair || isNumber(b);
  };
}

/** Most numbers are told from the wanted ones by their last bits. */
const ENDINGS = 1 << 12;

function flags(names: readonly unknown[], wanted: ReadonlySet<unknown>): Uint8Array {
  return Uint8Array.from(names, (name) => (wanted.has(name) ? 1 : 0));
}
