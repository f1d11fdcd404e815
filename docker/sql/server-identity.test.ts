import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import mysql from 'mysql2';
import { afterEach, describe, expect, it } from 'vitest';
import { SessionError, StrangerError } from '../system.js';
import { ask } from './admin.js';
import { openMysql } from './open-mysql.js';
import { openPostgres } from './open-postgres.js';
import { openReplicated } from './open-replicated.js';
import { connectMysql } from './mysql-wire.js';
import { connectPostgres } from './postgres-wire.js';
import { clusterNameOf, clusterUuidOf } from './server-identity.js';
import type { NodeTarget } from './wire.js';

let servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

/** What a server says when it is asked whose it is; null is no answer at all: it knows no such setting. */
type Said = string | null | 'silence' | 'error';

const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const int = (bytes: 2 | 4, value: number) => {
  const made = Buffer.alloc(bytes);
  made.writeIntBE(value, 0, bytes);
  return made;
};
const READY = message('Z', Buffer.from('I'));

/** As much of PostgreSQL as answers every simple query with one row of one text. */
async function postgresThatSays(said: Said): Promise<NodeTarget> {
  const value = said === null ? int(4, -1) : Buffer.concat([int(4, Buffer.byteLength(said)), Buffer.from(said)]);
  const column = [Buffer.from('cluster\0'), int(4, 0), int(2, 0), int(4, 25), int(2, -1), int(4, -1), int(2, 0)];
  const row = Buffer.concat([
    message('T', Buffer.concat([int(2, 1), ...column])),
    message('D', Buffer.concat([int(2, 1), value])),
    message('C', Buffer.from('SELECT 1\0')),
  ]);
  const refusal = message('E', Buffer.from('SFATAL\0VFATAL\0C57P03\0Mstarting\0\0'));
  const serve = (socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int(4, 0)), READY]));
      socket.on('data', (asked) => {
        if (asked[0] !== 'Q'.charCodeAt(0) || said === 'silence') return;
        socket.write(Buffer.concat([said === 'error' ? refusal : row, READY]));
      });
    });
  };
  return target(await listening(createServer(serve)));
}

async function mysqlThatSays(said: Said): Promise<NodeTarget> {
  const server = mysql.createServer((connection) => {
    const answering = connection as never as Answering;
    connection.on('error', () => undefined);
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '10.11',
      connectionId: 1,
      statusFlags: 2,
      characterSet: 8,
      capabilityFlags: 0xffffff,
      authCallback: (_: unknown, done: (error: null) => void) => {
        done(null);
        answering.sequenceId = 0;
      },
    });
    const answer = (write: () => void) => {
      // Packets are counted anew from each question, which is the first one.
      answering.sequenceId = 1;
      write();
      answering.sequenceId = 0;
    };
    const columns = ['Variable_name', 'Value'].map((name) => ({
      ...{ catalog: 'def', schema: '', table: '', orgTable: '', name, orgName: name },
      ...{ characterSet: 33, columnLength: 1024, columnType: 253, flags: 0, decimals: 0 },
    }));
    // Setting a variable comes by this event.
    connection.on('stmt_prepare', () => answer(() => answering.writeOk()));
    connection.on('query', () => {
      if (said === 'silence') return;
      if (said === 'error') answer(() => answering.writeError({ code: 1047, message: 'not prepared' }));
      else {
        const rows = said === null ? [] : [{ Variable_name: 'variable', Value: said }];
        answer(() => answering.writeTextResult(rows, columns));
      }
    });
  });
  return target(await listening((server as never as { readonly _server: Server })._server));
}

/** What its types keep to itself. */
interface Answering {
  sequenceId: number;
  writeOk(): void;
  writeError(error: { readonly code: number; readonly message: string }): void;
  writeTextResult(rows: readonly object[], columns: readonly object[]): void;
}

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return (server.address() as AddressInfo).port;
}

const OURS = clusterNameOf('run-1');
const target = (port: number): NodeTarget => ({
  host: '127.0.0.1',
  port,
  user: 'u',
  database: 'd',
  identity: { node: 'n2', question: 'SHOW whose', expected: OURS },
});

const products = [
  [
    'PostgreSQL',
    postgresThatSays,
    (at: NodeTarget, timeoutMs = 5_000) => openPostgres({ ...at, label: 'process 0', timeoutMs }),
    connectPostgres,
  ],
  [
    'MySQL',
    mysqlThatSays,
    (at: NodeTarget, timeoutMs = 5_000) => openMysql({ ...at, label: 'process 0', timeoutMs }, 'serializable'),
    connectMysql,
  ],
] as const;

describe.each(products)('a server that speaks %s', (_name, saying, open, connect) => {
  it('and says that it belongs to this run is taken at its word', async () => {
    const at = await saying(OURS);
    (await open(at)).destroy();
    await ask(connect, at, 'SHOW anything');
  });

  it.each([
    [clusterNameOf('run-2'), `cluster ${clusterNameOf('run-2')}`],
    ['', 'cluster none'],
    [null, 'cluster none'],
    [`${OURS}0`, `cluster ${OURS}0`],
  ])('and says %j is a stranger, to a session and to whoever asks', async (said, found) => {
    const at = await saying(said);
    const error = await open(at).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StrangerError);
    expect((error as Error).message).toBe(
      `a stranger answers for n2: it says it belongs to ${found}, and this run's cluster is ${OURS}`,
    );
    await expect(ask(connect, at, 'SHOW anything')).rejects.toBeInstanceOf(StrangerError);
  });

  it.each([
    ['silence', 'connect-timeout'],
    ['error', undefined],
  ] as const)('and answers with %s is none: the session fails, and nothing was sent', async (said, code) => {
    const at = await saying(said);
    const error = await open(at, said === 'silence' ? 300 : undefined).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SessionError);
    expect((error as SessionError).outcome).toBe('fail');
    if (code !== undefined) expect((error as SessionError).code).toBe(code);
  });
});

it('sessions of replicated servers ask it, too, before their role', async () => {
  const at = await postgresThatSays('somebody');
  const options = { isolation: 'serializable', reads: 'primary' } as const;
  await expect(openReplicated(at, options, { process: 0, timeoutMs: 5_000 })).rejects.toBeInstanceOf(StrangerError);
});

describe('names of a cluster', () => {
  it('are the run’s own, and what every product takes', () => {
    expect(OURS).toMatch(/^faultline-[0-9a-f]{20}$/);
    expect(clusterNameOf('run-2')).not.toBe(OURS);
    expect(clusterUuidOf('run-1')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(clusterUuidOf('run-2')).not.toBe(clusterUuidOf('run-1'));
  });
});
