import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { SessionError } from '../system.js';
import { classifyAnswer, classifyFailure, KNOWN_ERRORS } from './errors.js';
import { EtcdSession } from './session.js';

const answer = (error: string) => classifyAnswer(503, JSON.stringify({ error, code: 14 }));

describe('answers of etcd', () => {
  it('are definite only where etcd refuses before it proposes', () => {
    expect(answer('etcdserver: too many requests')).toMatchObject({ outcome: 'fail', code: 'too-many-requests' });
    expect(answer('etcdserver: request timed out')).toMatchObject({ outcome: 'info', code: 'server-timeout' });
    expect(answer('etcdserver: request timed out, possibly due to previous leader failure')).toMatchObject({
      outcome: 'info',
      code: 'server-timeout',
    });
    expect(answer('etcdserver: leader changed').outcome).toBe('info');
    expect(answer('etcdserver: mvcc: database space exceeded').outcome).toBe('info');
  });

  it('that nobody listed are indefinite', () => {
    expect(answer('etcdserver: something new')).toMatchObject({ outcome: 'info', code: 'server-error' });
    expect(answer('etcdserver: too many requests to count').outcome).toBe('info');
    expect(classifyAnswer(502, '<html>').outcome).toBe('info');
    expect(classifyAnswer(500, '{"error":7}').outcome).toBe('info');
  });

  it('argue for every entry of the table', () => {
    for (const { because, code } of KNOWN_ERRORS) {
      expect(because.length).toBeGreaterThan(20);
      expect(code).toMatch(/^[a-z-]+$/);
    }
  });
});

describe('failures on the way', () => {
  it('with the code of a refusal are definite only while connecting', () => {
    const refusal = (syscall: string) => Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall });
    expect(classifyFailure(refusal('connect'))).toMatchObject({ outcome: 'fail', code: 'refused' });
    expect(classifyFailure(refusal('read')).outcome).toBe('info');
  });

  it('of any other kind are indefinite', () => {
    for (const odd of [undefined, null, 'text', new Error('x'), { code: 7 }]) {
      expect(classifyFailure(odd)).toMatchObject({ outcome: 'info', code: 'unknown' });
    }
  });
});

/** A server of our own stands for etcd where etcd cannot be made to fail at a chosen moment. */
describe('a session', () => {
  let server: Server;
  let session: EtcdSession;
  let received: number;
  const GOOD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"header":{}}';

  async function serve(onRequest: (socket: Socket) => void, timeoutMs = 2_000): Promise<void> {
    received = 0;
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => {
        received++;
        onRequest(socket);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    session = new EtcdSession(`http://127.0.0.1:${port}`, { timeoutMs, reads: 'linearizable' });
  }
  afterEach(async () => {
    await session.close();
    server.close();
  });
  const failure = () =>
    session.put('k', 'v').then(
      () => undefined,
      (error: SessionError) => error,
    );

  it('that is cut off while it waits gets an indefinite error, and the request is not sent again', async () => {
    await serve((socket) => socket.destroy());
    expect(await failure()).toMatchObject({ name: 'SessionError', outcome: 'info', code: 'reset' });
    expect(received).toBe(1);
  });

  it('whose kept-open connection dies under the next request gets an indefinite error', async () => {
    await serve((socket) => (received === 1 ? socket.write(GOOD) : socket.resetAndDestroy()));
    expect(await failure()).toBeUndefined();
    expect(await failure()).toMatchObject({ outcome: 'info', code: 'reset' });
    expect(received).toBe(2);
  });

  it('that gets no answer in time gets an indefinite error, and goes on with the next request', async () => {
    await serve((socket) => received > 1 && socket.write(GOOD), 200);
    expect(await failure()).toMatchObject({ outcome: 'info', code: 'timeout' });
    expect(await failure()).toBeUndefined();
  });

  it('that is answered half, or with nonsense, gets an indefinite error', async () => {
    await serve((socket) =>
      socket.write(
        received === 1
          ? GOOD.replace('{"header":{}}', '{"header":[]}')
          : GOOD.replace('{"header":{}}', '<html></html>'),
      ),
    );
    expect(await failure()).toMatchObject({ outcome: 'info', code: 'malformed' });
    expect(await failure()).toMatchObject({ outcome: 'info', code: 'malformed' });
  });

  it('that is closed while it waits gets an indefinite error; closing twice is fine', async () => {
    await serve(() => void session.close());
    expect(await failure()).toMatchObject({ outcome: 'info', code: 'closed' });
    await session.close();
  });

  it('that is refused gets a definite error, and works again once somebody listens', async () => {
    await serve((socket) => socket.write(GOOD));
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    expect(await failure()).toMatchObject({ outcome: 'fail', code: 'refused' });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await failure()).toBeUndefined();
  });
});
