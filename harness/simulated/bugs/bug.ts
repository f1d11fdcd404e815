import type { Behaviour } from '../behaviour.js';
import type { SessionFamily } from '../../../docker/system.js';
import type { Json } from '../../history/operation.js';

/** A way in which replicated stores were built wrong, that can be planted into the simulated one. */
export interface Bug {
  readonly name: string;
  /** One line: what the store does wrong. */
  readonly summary: string;
  /** Where it was seen. */
  readonly modelledOn: string;
  /** Where it departs from the correct store. */
  readonly behaviour: Partial<Behaviour>;
  /** Where it shows only in sessions of one family, that family. */
  readonly family?: SessionFamily;
  /** A test that shows it: workload with options, and the faults it needs. */
  readonly exposedBy: {
    readonly workload: string;
    readonly options: Readonly<Record<string, Json>>;
    readonly nemeses: readonly string[];
    /** Operations a second, where the usual rate hides it. */
    readonly rateHz?: number;
    /** Many short faults one after the other, where it takes two that go together. */
    readonly pace?: 'quick';
  };
  /** The checker that has to find it, by name. */
  readonly caughtBy: string;
  /** What it may rightly be called: kinds of anomaly. */
  readonly kinds: readonly string[];
}
