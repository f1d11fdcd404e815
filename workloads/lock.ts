import { z } from 'zod';
import { lock as lockChecker } from '../checkers/lock.js';
import { SessionError, type LockSession } from '../docker/system.js';
import { fromState } from '../harness/generator/combinators.js';
import type { Generator } from '../harness/generator/generator.js';
import type { Completion, Invocation, Operation, Process } from '../harness/history/operation.js';
import { messageOf } from '../harness/kit/errors.js';
import { count } from './option-types.js';
import type { Client, Workload, WorkloadContext } from './workload.js';

const options = z.object({ locks: count(1000).default(2).describe('number of locks that clients compete for') });

/**
 * Locks that clients take and give back. A client that was given one believes to be alone until it begins to release it;
 * two such beliefs at once are what the checker looks for. There are no final reads: a lock leaves nothing behind.
 */
export const lock: Workload = {
  name: 'lock',
  summary: 'acquires and releases of locks: no two clients hold one at once, fencing tokens grow',
  options,
  operations: ['acquire', 'release'],
  clients: {
    lock: {
      setUp: () => Promise.resolve(),
      client: (session, { keyspace }) => new LockClient(session, keyspace),
    },
  },
  generator: lockGenerator,
  checkers: () => [{ checker: lockChecker, required: true }],
};

class LockClient implements Client {
  constructor(
    private readonly session: LockSession,
    private readonly keyspace: string,
  ) {}

  async invoke({ f, key }: Invocation): Promise<Completion> {
    const name = `${this.keyspace}/${key}`;
    if (f === 'release') return this.release(name);
    const held = await this.session.acquire(name);
    if (held === undefined) return { type: 'fail', error: 'held: another client has it' };
    return { type: 'ok', value: held.token ?? null };
  }

  /**
   * That it was not held any more is an observation: the holder's belief ends all the same. Where the release surely did
   * not happen the outcome is still `info`: the client gives its session up, and the end of a session frees what it held.
   */
  private async release(name: string): Promise<Completion> {
    try {
      return { type: 'ok', value: (await this.session.release(name)) ? 'released' : 'not-held' };
    } catch (error) {
      const code = error instanceof SessionError ? error.code : 'error';
      return { type: 'info', error: `${code}: ${messageOf(error)}` };
    }
  }
}

/** The lock that a process was given and has not begun to release. */
type Held = ReadonlyMap<Process, string>;

/** Whoever holds a lock releases it with its next operation, whoever does not tries to get one. */
function lockGenerator(context: WorkloadContext): Generator {
  const { locks } = options.parse(context.options);
  return fromState<Held>(
    {
      initial: new Map(),
      next(held, dice, context) {
        const thread = context.freeThread();
        const key = thread === undefined ? undefined : held.get(context.processOf(thread));
        if (key !== undefined) return [{ f: 'release', key, value: null }, held];
        return [{ f: 'acquire', key: `lock-${dice.int(locks)}`, value: null }, held];
      },
      observe: learn,
    },
    context.random,
  );
}

function learn(held: Held, { f, type, key, process }: Operation): Held {
  const taken = f === 'acquire' && type === 'ok';
  const given = f === 'release' && type === 'invoke' && held.has(process);
  if (key === undefined || !(taken || given)) return held;
  const after = new Map(held);
  if (taken) after.set(process, key);
  else after.delete(process);
  return after;
}
