import type { LockCommand, Outcomes } from './command.js';

interface Hold {
  readonly owner: number;
  readonly token: number;
}

const REFUSED: Outcomes['lock'] = { held: false };

/** Locks by name. A lock that is held is given to nobody, its owner included. */
export class Locks {
  private readonly holds = new Map<string, Hold>();
  /** Owners that are gone: a request of theirs that comes late must not be granted, for nobody would give it back. */
  private readonly gone = new Set<number>();

  clear(): void {
    this.holds.clear();
    this.gone.clear();
  }

  /** `index`: of the log entry; the fencing token of a lock that is acquired there. */
  apply({ owner, action }: LockCommand, index: number): Outcomes['lock'] {
    switch (action.kind) {
      case 'acquire':
        if (this.holds.has(action.lock) || this.gone.has(owner)) return REFUSED;
        this.holds.set(action.lock, { owner, token: index });
        return { held: true, token: index };
      case 'release':
        if (this.holds.get(action.lock)?.owner !== owner) return REFUSED;
        this.holds.delete(action.lock);
        return { held: true };
      case 'expire':
      case 'leave':
        if (action.kind === 'leave') this.gone.add(owner);
        for (const [lock, hold] of this.holds) if (hold.owner === owner) this.holds.delete(lock);
        return { held: true };
    }
  }

  /** Everybody who holds something. */
  owners(): ReadonlySet<number> {
    return new Set([...this.holds.values()].map(({ owner }) => owner));
  }
}
