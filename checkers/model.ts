import type { Json } from '../harness/history/operation.js';
import type { OptionRules } from './option-rules.js';

/** An operation as a model sees it: what was asked, and what was answered. */
export interface ModelOperation {
  readonly f: string;
  /** The key that the event names, for specifications of several keys ({@link Model.keysOf}). */
  readonly key?: string;
  /** Value at the invocation. */
  readonly input: Json;
  /** Value at the ok completion; undefined when the outcome is unknown, which every state accepts. */
  readonly output: Json | undefined;
}

/**
 * The data type that a specification describes, and what its operations are called there. Only a specification whose
 * steps mean exactly this may declare it. Engines are chosen by it and never by a specification's name.
 */
export type DataType =
  /** One value. `append` adds a text at its end; a `cas` is a pair [from, to], of which a failed one tells nothing. */
  | {
      readonly kind: 'register';
      readonly read: string;
      readonly write: string;
      readonly cas?: string;
      readonly append?: string;
    }
  /** First in, first out; a `dequeue` of null found it empty. */
  | { readonly kind: 'queue'; readonly enqueue: string; readonly dequeue: string }
  /** A number that is changed by amounts (1 where none is said). `tells`: which operations answer the number before. */
  | {
      readonly kind: 'counter';
      readonly read: string;
      readonly decrease?: string;
      readonly tells: 'every operation' | 'reads';
    };

/** What option `initial` sets. */
export interface InitialValue {
  readonly default: Json;
  /** In words, for the error: `a whole number`. */
  readonly what: string;
  accepts(value: Json): boolean;
}

/**
 * A sequential specification, a record of pure functions (after Porcupine). The general search interns states by
 * `key`, so that states may be plain objects.
 */
export interface Model<State> {
  readonly name: string;
  /** One line for `--help` and the docs. */
  readonly summary: string;
  /** Names of the operations it knows; anything else in a history is refused with its line. */
  readonly operations: readonly string[];
  /** Who takes operations that it does not know and that are often met beside those that it does: an option of `check`. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** Those whose acknowledgement tells nothing of the state, where the usual names do not say so (`observations.ts`). */
  readonly blind?: readonly string[];
  /** Options besides `initial`. */
  readonly options?: OptionRules;
  initial(options: Readonly<Record<string, Json>>): State;
  /** What option `initial` may be. Absent: the state before the first operation is fixed, and the option is refused. */
  readonly initialValue?: InitialValue;
  /** Absent: the general search judges. */
  readonly dataType?: DataType;
  /**
   * The state after the operation, or undefined where the answer contradicts the state. With an unknown output it
   * answers the state that results if the operation took effect.
   */
  step(state: State, operation: ModelOperation): State | undefined;
  /** Equal strings mean equal states. */
  key(state: State): string;
  /** The independent part an operation belongs to (locality), or undefined where the model does not decompose. */
  partition?(operation: ModelOperation): string | undefined;
  /**
   * Of a specification of several keys, those that an operation is about, or ranges of them: `from`, and before `to`.
   * Operations on keys that never occur together, not even through others, are judged apart. Absent: the history's own
   * keys are independent objects.
   */
  keysOf?(operation: ModelOperation): readonly (string | { readonly from: string; readonly to?: string })[];
  /** True when no state is changed by it, whatever its outcome: an unknown one can be dropped. */
  isRead(operation: ModelOperation): boolean;
  /**
   * Which operations change no state as long as only these are done; more than `isRead` tells of an operation by itself.
   * Absent: `isRead`.
   */
  readsAmong?(operations: readonly ModelOperation[]): (operation: ModelOperation) => boolean;
  /** `write 3`, `cas 1→2`, `read → 3`. */
  describe(operation: ModelOperation): string;
  describeState(state: State): string;
}

/** Which operations change no state as long as only `operations` are done. */
export function readsAmong<State>(
  model: Pick<Model<State>, 'isRead' | 'readsAmong'>,
  operations: readonly ModelOperation[],
): (operation: ModelOperation) => boolean {
  return model.readsAmong?.(operations) ?? ((operation) => model.isRead(operation));
}
