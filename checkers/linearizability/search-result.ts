import type { Json } from '../../harness/history/operation.js';

export type SearchResult =
  | {
      readonly validity: 'valid';
      readonly maxConfigurations: number;
      /** Operations in a legal order, when asked for. Unknown ones that took no effect are left out. */
      readonly order?: readonly number[];
    }
  | {
      readonly validity: 'invalid';
      readonly maxConfigurations: number;
      /** Event at which no configuration survived: the return of the operation that could not take effect. */
      readonly event: number;
      /** The longest legal order of what came before, when asked for. */
      readonly order?: readonly number[];
      /** What the states were just before. */
      readonly states: readonly string[];
    }
  | {
      readonly validity: 'unknown';
      readonly maxConfigurations: number;
      readonly reason: string;
      /** Events up to which the history is proven linearizable. */
      readonly provenEvents: number;
    };

export interface SearchOptions {
  /** Options of the model's initial state. */
  readonly options?: Readonly<Record<string, Json>>;
  readonly order?: 'wanted' | 'unwanted';
}
