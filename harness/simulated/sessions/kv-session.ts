import type { KvAction, KvCondition, KvEntry, KvOutcome, KvSession } from '../../../docker/system.js';
import { SimulatedSession } from './session.js';

/** Keys and values. */
export class SimulatedKvSession extends SimulatedSession implements KvSession {
  async get(key: string): Promise<KvEntry | undefined> {
    const { results } = await this.transact([], [{ kind: 'get', key }]);
    return results[0].at(0);
  }

  async put(key: string, value: string): Promise<void> {
    await this.transact([], [{ kind: 'put', key, value }]);
  }

  async compareAndSet(key: string, from: string, to: string): Promise<boolean> {
    return (await this.transact([{ kind: 'value', key, value: from }], [{ kind: 'put', key, value: to }])).succeeded;
  }

  transact(
    conditions: readonly KvCondition[],
    then: readonly KvAction[],
    otherwise: readonly KvAction[] = [],
  ): Promise<KvOutcome> {
    return this.ask({ kind: 'kv', conditions, then, otherwise });
  }
}
