import type { Anomaly, CheckContext, Verdict } from '../../checkers/checker.js';
import type { Restore } from '../history/restores.js';
import type { UserError } from '../kit/errors.js';
import type { PortableHistory } from './portable-history.js';
import type { CheckerSource } from './source.js';

export interface WorkerSettings {
  /** Address of a module that exports what `Resolver` says. */
  readonly resolver: string;
}

/** A context without what cannot travel; the thread makes its own of that. */
export type PortableContext = Omit<CheckContext, 'signal' | 'certain' | 'progress'>;

export type ToWorker =
  | {
      readonly what: 'check';
      readonly source: CheckerSource;
      readonly history: PortableHistory;
      readonly context: PortableContext;
      readonly restores: readonly Restore[];
    }
  | { readonly what: 'cancel' };

export type FromWorker =
  | { readonly what: 'ready' }
  | { readonly what: 'certain'; readonly anomaly: Anomaly }
  | { readonly what: 'progress'; readonly line: string }
  /** The checker's verdict, before its anomalies are proven anew. */
  | { readonly what: 'judged'; readonly verdict: Verdict }
  | { readonly what: 'verdict'; readonly verdict: Verdict }
  /** What the checker threw. `exitCode` is that of a {@link UserError}. */
  | {
      readonly what: 'failed';
      readonly message: string;
      readonly exitCode?: UserError['exitCode'];
      readonly stack?: string;
    };
