import { Socket } from 'node:net';
import mysql, { type Connection, type ResultSetHeader, type RowDataPacket } from 'mysql2';
import { bounded } from '../wait.js';
import { ClosedError } from './connection-errors.js';
import { refuseStranger } from './server-identity.js';
import type { Answer, SqlValue, Statement, Target, Wire } from './wire.js';

/** Connects in MySQL's protocol. Throws the library's error, or a StrangerError. */
export async function connectMysql(target: Target): Promise<Wire> {
  const socket = new Socket();
  // Refused while connecting: the library reports it as an error of its own as well.
  socket.setNoDelay(true);
  socket.connect(target.port, target.host);
  const connection = mysql.createConnection({
    user: target.user,
    database: target.database,
    // Held here, so that the connection can be cut without waiting for a server that may not answer.
    stream: socket,
    connectTimeout: target.timeoutMs,
    connectAttributes: { program_name: target.label },
    // Rows that a change found count, as in PostgreSQL, also where it set what was there already.
    flags: ['+FOUND_ROWS'],
    supportBigNumbers: true,
  });
  const wire = new MysqlWire(connection, socket);
  try {
    await bounded(connected(connection), target.timeoutMs, `connecting to ${target.host}:${target.port}`);
    await refuseStranger(wire, target);
    return wire;
  } catch (error) {
    wire.destroy();
    throw error;
  }
}

function connected(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
}

class MysqlWire implements Wire {
  readonly ended: Promise<void>;
  /** Rejects what is under way when the connection ends: the library forgets it where the end was asked for. */
  private abort: ((error: Error) => void) | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly socket: Socket,
  ) {
    this.ended = new Promise((resolve) => {
      connection.on('error', () => {
        resolve();
        socket.destroy();
      });
      socket.once('close', () => {
        resolve();
        this.abort?.(new Error('the connection ended'));
      });
    });
  }

  send({ text, values }: Statement): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) {
        reject(new ClosedError('the connection is closed'));
        return;
      }
      this.abort = reject;
      this.connection.query<RowDataPacket[] | ResultSetHeader>(text, [...values], (error, result) => {
        this.abort = undefined;
        if (error) reject(error);
        else resolve(answerOf(result));
      });
    });
  }

  destroy(): void {
    this.socket.destroy();
  }
}

function answerOf(result: RowDataPacket[] | ResultSetHeader): Answer {
  if (!Array.isArray(result)) return { rows: [], changed: result.affectedRows, warnings: [] };
  return { rows: result as Readonly<Record<string, SqlValue>>[], changed: 0, warnings: [] };
}
