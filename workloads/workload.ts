import type { z } from 'zod';
import type { Checker } from '../checkers/checker.js';
import type { SessionFamily, SessionsByFamily } from '../docker/system.js';
import type { Generator } from '../harness/generator/generator.js';
import type { Completion, Invocation, Json } from '../harness/history/operation.js';
import type { Random } from '../harness/kit/random.js';

/** A client of one logical process: turns an invocation into a completion over one session. */
export interface Client {
  /**
   * Performs the operation. A thrown {@link SessionError} with outcome `fail` completes it as `fail`; anything else that
   * is thrown, or no answer in time, as `info`.
   */
  invoke(invocation: Invocation): Promise<Completion>;
}

/** What the harness tells a workload about the test it is part of. */
export interface WorkloadContext {
  readonly options: Readonly<Record<string, Json>>;
  /** Keys of this workload start with it, so that several workloads share a cluster. */
  readonly keyspace: string;
  readonly nodes: readonly string[];
  /** Number of threads this workload has. */
  readonly concurrency: number;
  readonly random: Random;
}

/** What a workload needs of one session family. */
export interface FamilyClients<F extends SessionFamily> {
  /** Creates the initial state, once, before the warm-up, over one healthy session. */
  setUp(session: SessionsByFamily[F], context: WorkloadContext): Promise<void>;
  client(session: SessionsByFamily[F], context: WorkloadContext): Client;
}

/** A checker of a workload; the run is valid only if every required one says valid. */
export interface WorkloadChecker {
  readonly checker: Checker;
  readonly required: boolean;
}

/** Generator, clients and checkers that belong together. One file, one line in the registry. */
export interface Workload {
  readonly name: string;
  /** One line for `faultline list workloads` and the docs. */
  readonly summary: string;
  /** Every option has a default and a description. */
  readonly options: z.ZodObject;
  /** Every kind of operation it issues; the statistics checker demands successes of each. */
  readonly operations: readonly string[];
  readonly clients: { readonly [F in SessionFamily]?: FamilyClients<F> };
  /** The endless stream of operations; the harness adds rate and time limit. */
  generator(context: WorkloadContext): Generator;
  /** What is read after everything healed; each operation is repeated on fresh processes until one is ok (bounded). */
  finalGenerator?(context: WorkloadContext): Generator;
  checkers(options: Readonly<Record<string, Json>>): readonly WorkloadChecker[];
}
