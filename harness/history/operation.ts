/** How an event of a history came about: an invocation, or one of its three outcomes. */
export type EventType = 'invoke' | 'ok' | 'fail' | 'info';

/** A logical process: a client session (a number, never reused after `info`) or the nemesis. */
export type Process = number | 'nemesis';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * One event of a history; one line of the journal.
 *
 * - `invoke`: the request is about to leave.
 * - `ok`: took effect somewhere between its invocation and this event.
 * - `fail`: did certainly not take effect.
 * - `info`: unknown outcome; may take effect at any time after its invocation, or never.
 */
export interface Operation {
  /** Position in the journal, from 0. */
  readonly index: number;
  /** Integer nanoseconds since the run began, never going back. */
  readonly time: number;
  readonly process: Process;
  readonly type: EventType;
  /** What was asked: `read`, `write`, `cas`, `transfer`, `txn`, a fault's kind… */
  readonly f: string;
  readonly value: Json;
  /** The independent object it concerns (one register of many), where the workload has several. */
  readonly key?: string;
  /** The node the session is bound to. */
  readonly node?: string;
  /** Which workload of the run issued it, when several share a cluster. */
  readonly workload?: string;
  /** `code` or `code: message`; the part before the first colon is counted in the error table. */
  readonly error?: string;
}

/** What a generator emits: an operation that has not happened yet. */
export interface Invocation {
  readonly f: string;
  readonly value: Json;
  readonly key?: string;
  readonly workload?: string;
}

/** What a client answers. Anything it throws counts as `info`. */
export type Completion =
  | { readonly type: 'ok'; readonly value: Json }
  | { readonly type: 'fail'; readonly error: string; readonly value?: Json }
  | { readonly type: 'info'; readonly error: string; readonly value?: Json };
