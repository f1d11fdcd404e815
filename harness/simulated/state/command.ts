import type { KvAction, KvCondition, KvOutcome } from '../../../docker/system.js';
import type { Commit, CommitOutcome, TableDefinition } from './tables.js';

/** Keys and values: conditions, and what is done where they hold or not. */
export interface KvCommand {
  readonly kind: 'kv';
  readonly conditions: readonly KvCondition[];
  readonly then: readonly KvAction[];
  readonly otherwise: readonly KvAction[];
  /** Where timestamps decide between writes, that of this one. */
  readonly timestamp?: number;
}

export interface QueueCommand {
  readonly kind: 'queue';
  readonly queue: string;
  /**
   * `take` answers up to `count` elements of a shard; `drop` removes an element that was handed out before. A correct
   * queue has one shard.
   */
  readonly action:
    | { readonly kind: 'enqueue'; readonly element: string; readonly shard: number }
    | { readonly kind: 'take'; readonly count: number; readonly shard: number }
    | { readonly kind: 'drop'; readonly element: string; readonly shard: number };
}

export interface LockCommand {
  readonly kind: 'lock';
  /** A session. */
  readonly owner: number;
  /** `expire` takes from the owner whatever it holds; `leave` does, and the owner will never hold anything again. */
  readonly action:
    | { readonly kind: 'acquire'; readonly lock: string }
    | { readonly kind: 'release'; readonly lock: string }
    | { readonly kind: 'expire' }
    | { readonly kind: 'leave' };
}

/** Asks up to where the log is committed: whoever applied so much has seen all that was acknowledged before. */
export interface IndexCommand {
  readonly kind: 'index';
}

/** What a client may ask; all but the last goes through the log. */
export type Command = KvCommand | QueueCommand | LockCommand | Commit | TableDefinition | IndexCommand;

/** What comes of a command, by its kind. */
export interface Outcomes {
  readonly kv: KvOutcome;
  /** Elements taken. */
  readonly queue: readonly string[];
  /** Whether the owner has it now (acquire) or had it (release); an acquired lock comes with its fencing token. */
  readonly lock: { readonly held: boolean; readonly token?: number };
  readonly commit: CommitOutcome;
  readonly table: true;
  readonly index: number;
}
export type Outcome = Outcomes[keyof Outcomes];
export type CommandOf<K extends Command['kind']> = Extract<Command, { readonly kind: K }>;

export function readsOnly(command: Command): boolean {
  if (command.kind === 'index') return true;
  if (command.kind !== 'kv') return false;
  return [...command.then, ...command.otherwise].every(({ kind }) => kind === 'get' || kind === 'get-prefix');
}

/** What a leader says that claims success without knowing. */
export function hopedFor(command: Command): Outcome {
  switch (command.kind) {
    case 'kv':
      return { succeeded: true, results: command.then.map(() => []) };
    case 'queue':
      return [];
    case 'lock':
      return { held: true };
    case 'commit':
      return { committed: true };
    case 'table':
      return true;
    case 'index':
      return 0;
  }
}
