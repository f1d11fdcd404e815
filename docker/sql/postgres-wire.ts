import { Socket } from 'node:net';
import pg from 'pg';
import { bounded } from '../wait.js';
import { refuseStranger } from './server-identity.js';
import type { Answer, SqlValue, Statement, Target, Wire } from './wire.js';

/** Numbers of 64 bits come as text; those that workloads use fit a number, and one that does not stays as it came. */
const types = {
  getTypeParser: (oid: number) => (text: string) => {
    if (oid === pg.types.builtins.BOOL) return text === 't' ? 1 : 0;
    const numeric = oid === pg.types.builtins.INT8 || oid === pg.types.builtins.INT4 || oid === pg.types.builtins.INT2;
    const number = Number(text);
    return numeric && Number.isSafeInteger(number) ? number : text;
  },
};

/** Connects in PostgreSQL's protocol. Throws the library's error, or a StrangerError. */
export async function connectPostgres(target: Target): Promise<Wire> {
  const socket = new Socket();
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    user: target.user,
    database: target.database,
    password: '',
    application_name: target.label,
    ssl: false,
    // Held here, so that the connection can be cut without waiting for a server that may not answer.
    stream: () => socket,
    types: types as unknown as pg.CustomTypesConfig,
  });
  const wire = new PostgresWire(client, socket);
  try {
    await bounded(client.connect(), target.timeoutMs, `connecting to ${target.host}:${target.port}`);
    await refuseStranger(wire, target);
    return wire;
  } catch (error) {
    wire.destroy();
    throw error;
  }
}

class PostgresWire implements Wire {
  readonly ended: Promise<void>;
  private warnings: string[] = [];

  constructor(
    private readonly client: pg.Client,
    private readonly socket: Socket,
  ) {
    this.ended = new Promise((resolve) => {
      // An error between two statements: the server said goodbye, or the connection broke.
      client.on('error', () => {
        resolve();
        socket.destroy();
      });
      client.once('end', resolve);
      socket.once('close', () => resolve());
    });
    client.on('notice', ({ severity, message }) => {
      if (severity === 'WARNING' && message !== undefined) this.warnings.push(message);
    });
  }

  async send({ text, values }: Statement): Promise<Answer> {
    this.warnings = [];
    const { rows, rowCount, command } = await this.client.query<Record<string, SqlValue>>({
      text,
      values: [...values],
    });
    return { rows, changed: rowCount ?? 0, command, warnings: this.warnings };
  }

  destroy(): void {
    this.socket.destroy();
  }
}
