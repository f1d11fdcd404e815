import type { ServerIdentity } from './server-identity.js';

/** A value as it goes to and comes from a database. */
export type SqlValue = string | number | null;

export interface Statement {
  readonly text: string;
  /** In the order of the placeholders. */
  readonly values: readonly SqlValue[];
}

export interface Answer {
  readonly rows: readonly Readonly<Record<string, SqlValue>>[];
  /** Rows that a change found, whether or not it made them different. */
  readonly changed: number;
  /** What the server says it did, where it says so: `COMMIT`, or `ROLLBACK` in answer to a COMMIT. */
  readonly command?: string;
  /** Warnings that came with the answer. */
  readonly warnings: readonly string[];
}

/** One connection in a product's protocol. One statement at a time, nothing ever sent twice, never made anew. */
export interface Wire {
  /** Rejects with the client library's own error. */
  send(statement: Statement): Promise<Answer>;
  /** Resolves when the connection is of no use any more, however that came about. */
  readonly ended: Promise<void>;
  /** Ends the connection at once, without a word to the server; a statement under way is rejected. Safe to call twice. */
  destroy(): void;
}

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Shown by the server in its list of connections, where it has one. */
  readonly label: string;
  readonly timeoutMs: number;
  /** Asked of the server on every connection, before anything else. Absent: whoever answers will do. */
  readonly identity?: ServerIdentity;
}

/** Of a node, whoever asks and for how long. */
export type NodeTarget = Omit<Target, 'label' | 'timeoutMs'>;
