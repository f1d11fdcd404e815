import type { Checker } from '../../checkers/checker.js';
import type { Json } from '../history/operation.js';

/** By which another thread finds a checker: functions do not travel. */
export type CheckerSource =
  /** A checker of the registry. */
  | { readonly what: 'checker'; readonly name: string }
  /** Linearizability against a sequential specification of the registry. */
  | { readonly what: 'model'; readonly name: string }
  /** One of the checkers of a workload, by its place. */
  | {
      readonly what: 'workload';
      readonly name: string;
      readonly options: Readonly<Record<string, Json>>;
      readonly place: number;
    };

/** What a module has to export by which a thread finds checkers. */
export interface Resolver {
  /** @throws Error where there is no such checker */
  checkerOf(source: CheckerSource): Promise<Checker>;
}
