import type { SqlLock, SqlRow } from '../../../docker/system.js';
import type { Change, RowName, Where } from '../state/tables.js';

/** What a client asks within a transaction. */
export type Statement =
  | { readonly kind: 'select'; readonly table: string; readonly keys: readonly string[]; readonly lock: SqlLock }
  | { readonly kind: 'select-where'; readonly table: string; readonly where?: Where; readonly lock: SqlLock }
  | (RowName & { readonly kind: 'write'; readonly change: Change });

/** Rows that were read, or how many were changed. */
export type StatementOutcome = readonly SqlRow[] | number;
