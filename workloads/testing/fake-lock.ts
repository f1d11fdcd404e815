import { SessionError, type LockSession } from '../../docker/system.js';
import type { Fake, FakeTools } from './fake.js';

/** Ways in which locks can be wrong. */
export type LockBug = 'double lock' | 'repeated tokens';

export interface FakeLockOptions extends FakeTools {
  readonly bug?: LockBug;
}

/** Locks in memory with fencing tokens. The end of a session frees what it held. */
export class FakeLock implements Fake<'lock'> {
  private readonly holders = new Map<string, LockSession>();
  private token = 0;

  constructor(private readonly options: FakeLockOptions) {}

  session(): LockSession {
    const session: LockSession = {
      acquire: (lock) =>
        this.call(() => {
          if (this.holders.has(lock) && !this.buggy('double lock')) return undefined;
          this.holders.set(lock, session);
          return { token: this.buggy('repeated tokens') ? this.token : ++this.token };
        }),
      release: (lock) => this.call(() => this.holders.get(lock) === session && this.holders.delete(lock)),
      close: () => {
        for (const [lock, holder] of this.holders) if (holder === session) this.holders.delete(lock);
        return Promise.resolve();
      },
    };
    return session;
  }

  private async call<T>(work: () => T): Promise<T> {
    const { dice, turn, unknownShare = 0 } = this.options;
    await turn();
    const unknown = dice.chance(unknownShare);
    if (unknown && dice.chance(0.5)) throw new SessionError('info', 'timeout', 'no answer');
    const result = work();
    await turn();
    if (unknown) throw new SessionError('info', 'timeout', 'no answer');
    return result;
  }

  private buggy(bug: LockBug): boolean {
    const { options } = this;
    return options.bug === bug && options.dice.chance(options.bugShare ?? 1);
  }
}
