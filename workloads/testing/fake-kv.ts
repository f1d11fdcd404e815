import {
  type KvAction,
  type KvCondition,
  type KvEntry,
  type KvOutcome,
  type KvSession,
  SessionError,
} from '../../docker/system.js';
import type { Fake, FakeTools } from './fake.js';

/** Ways in which a key–value store can be wrong. */
export type KvBug = 'stale reads' | 'lost updates' | 'unchecked conditions';

export interface FakeKvOptions extends FakeTools {
  readonly bug?: KvBug;
}

type State = ReadonlyMap<string, KvEntry>;

const STALE_REVISIONS = 6;

/** A linearizable key–value store in memory, or one that is not. */
export class FakeKv implements Fake<'kv'> {
  /** States by revision. */
  private readonly states: State[] = [new Map()];

  constructor(readonly options: FakeKvOptions) {}

  session(): KvSession {
    return new FakeSession(this);
  }

  get state(): State {
    return this.states[this.states.length - 1];
  }

  /** What a read-only call is shown. */
  shown(): State {
    if (!this.buggy('stale reads')) return this.state;
    return this.states[Math.max(0, this.states.length - 1 - STALE_REVISIONS)];
  }

  write(actions: readonly KvAction[]): void {
    if (this.buggy('lost updates')) return;
    const revision = this.states.length;
    const next = new Map(this.state);
    for (const action of actions) {
      if (action.kind === 'delete') next.delete(action.key);
      if (action.kind !== 'put') continue;
      const version = (next.get(action.key)?.version ?? 0) + 1;
      next.set(action.key, { key: action.key, value: action.value, version, revision });
    }
    this.states.push(next);
  }

  holds(condition: KvCondition): boolean {
    if (this.buggy('unchecked conditions')) return true;
    const entry = this.state.get(condition.key);
    switch (condition.kind) {
      case 'absent':
        return entry === undefined;
      case 'revision':
        return entry?.revision === condition.revision;
      case 'value':
        return entry?.value === condition.value;
    }
  }

  private buggy(bug: KvBug): boolean {
    const { options } = this;
    // The first states are those of the set-up.
    return options.bug === bug && this.states.length > 10 && options.dice.chance(options.bugShare ?? 1);
  }
}

class FakeSession implements KvSession {
  constructor(private readonly kv: FakeKv) {}

  close(): Promise<void> {
    return Promise.resolve();
  }

  async get(key: string): Promise<KvEntry | undefined> {
    return (await this.transact([], [{ kind: 'get', key }])).results[0][0];
  }

  async put(key: string, value: string): Promise<void> {
    await this.transact([], [{ kind: 'put', key, value }]);
  }

  async compareAndSet(key: string, from: string, to: string): Promise<boolean> {
    return (await this.transact([{ kind: 'value', key, value: from }], [{ kind: 'put', key, value: to }])).succeeded;
  }

  async transact(
    conditions: readonly KvCondition[],
    then: readonly KvAction[],
    otherwise: readonly KvAction[] = [],
  ): Promise<KvOutcome> {
    const { dice, turn, unknownShare = 0 } = this.kv.options;
    await turn();
    const unknown = dice.chance(unknownShare);
    // Half of the requests whose answer is lost were never carried out.
    if (unknown && dice.chance(0.5)) throw new SessionError('info', 'timeout', 'no answer');
    const succeeded = conditions.every((condition) => this.kv.holds(condition));
    const actions = succeeded ? then : otherwise;
    const reads = actions.every(({ kind }) => kind === 'get' || kind === 'get-prefix');
    const state = reads ? this.kv.shown() : this.kv.state;
    const results = actions.map((action) => entriesOf(state, action));
    if (!reads) this.kv.write(actions);
    await turn();
    if (unknown) throw new SessionError('info', 'timeout', 'no answer');
    return { succeeded, results };
  }
}

function entriesOf(state: State, action: KvAction): readonly KvEntry[] {
  switch (action.kind) {
    case 'get': {
      const entry = state.get(action.key);
      return entry ? [entry] : [];
    }
    case 'get-prefix':
      return [...state.values()]
        .filter(({ key }) => key.startsWith(action.prefix))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    default:
      return [];
  }
}
