import type { Operation } from '../../harness/history/operation.js';
import type { Anomaly, StreamingChecker } from '../checker.js';
import { type Ended, eventsOf, isCount, type Watcher, watching, who } from './watch.js';

/** Locks: certain holds of two processes at once, and fencing tokens that do not grow. As the checker `lock` says. */
export function streamLock(): StreamingChecker {
  return watching(new LockWatch());
}

interface Lock {
  readonly holders: Map<Operation['process'], Ended>;
  newest: { readonly token: number; readonly hold: Ended } | undefined;
}

class LockWatch implements Watcher {
  private readonly locks = new Map<string | undefined, Lock>();
  private readonly newestAt = new Map<Operation['process'], Lock['newest']>();
  /** Holds whose release is under way: if it fails, they went on. */
  private readonly releasing = new Map<Operation['process'], Ended>();

  invoked({ f, key, process }: Operation): undefined {
    const lock = this.of(key);
    if (f === 'acquire') this.newestAt.set(process, lock.newest);
    if (f !== 'release') return;
    const hold = lock.holders.get(process);
    if (hold !== undefined) this.releasing.set(process, hold);
    lock.holders.delete(process);
  }

  failed({ invocation: { f, key, process } }: Ended): undefined {
    this.newestAt.delete(process);
    const hold = this.releasing.get(process);
    this.releasing.delete(process);
    if (f === 'release' && hold !== undefined) this.of(key).holders.set(process, hold);
  }

  /** The process is retired, and the end of its session frees what it held. */
  unknown({ invocation: { process } }: Ended): undefined {
    this.newestAt.delete(process);
    this.releasing.delete(process);
    for (const { holders } of this.locks.values()) holders.delete(process);
  }

  ok(operation: Ended): Anomaly | undefined {
    const { invocation, completion } = operation;
    const { f, key, process } = invocation;
    this.releasing.delete(process);
    if (f !== 'acquire') return undefined;
    const lock = this.of(key);
    const before = this.newestAt.get(process);
    this.newestAt.delete(process);
    for (const [other, hold] of lock.holders) {
      if (other === process) continue;
      const says = `${who(completion)} acquired the lock while process ${other} still held it, acquired by ${who(hold.completion)}`;
      return anomaly('lock-held-twice', `${says} and not yet released.`, hold, operation);
    }
    lock.holders.set(process, operation);
    const token = completion.value;
    if (!isCount(token)) return undefined;
    if (before !== undefined && before.token >= token) {
      const says = `${who(completion)} got fencing token ${token}, although ${who(before.hold.completion)} had already been given ${before.token}.`;
      return anomaly('fencing-token-regression', says, before.hold, operation);
    }
    if (lock.newest === undefined || token > lock.newest.token) lock.newest = { token, hold: operation };
    return undefined;
  }

  private of(key: string | undefined): Lock {
    let lock = this.locks.get(key);
    if (lock === undefined) this.locks.set(key, (lock = { holders: new Map(), newest: undefined }));
    return lock;
  }
}

function anomaly(kind: string, sentence: string, ...operations: readonly Ended[]): Anomaly {
  return { kind, sentence, operations: eventsOf(...operations), details: { streaming: true } };
}
