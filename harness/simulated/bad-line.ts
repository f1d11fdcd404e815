import type { Impairment } from '../../docker/system.js';
import type { Chance } from './chance.js';

const MS = 1e6;
/** A connection sends again what is lost, first after so long, then after twice as long each time, and gives up at last. */
const RETRANSMISSION = { firstNs: 200 * MS, times: 6 } as const;
/** Of a message with its headers. */
const MESSAGE_BITS = 8 * 200;
/** What would wait longer for a narrow line is dropped. */
const QUEUE_NS = 1000 * MS;

/** What becomes of a message: how much later it comes, and whether others may overtake it; undefined where it is lost. */
export type Passage = { readonly lateNs: number; readonly order: 'kept' | 'lost' } | undefined;

/** A line, one direction, that is bad without being cut. */
export class BadLine {
  /** Messages let through, and those of them, or beside them, that the impairment touched. */
  packets = 0;
  hit = 0;
  /** When a narrow line has carried what it was given. */
  private freeNs = 0;

  constructor(
    readonly impairment: Impairment,
    private readonly chance: Chance,
  ) {}

  pass(nowNs: number): Passage {
    const passage = this.passage(nowNs);
    if (passage !== undefined) this.packets++;
    return passage;
  }

  private passage(nowNs: number): Passage {
    const { impairment, chance } = this;
    switch (impairment.kind) {
      case 'loss': {
        let lateNs = 0;
        for (let attempt = 0; chance.happens(impairment.share); attempt++) {
          this.hit++;
          if (attempt === RETRANSMISSION.times) return undefined;
          lateNs += RETRANSMISSION.firstNs * 2 ** attempt;
        }
        return { lateNs, order: 'kept' };
      }
      case 'throttle': {
        const begin = Math.max(nowNs, this.freeNs);
        if (begin > nowNs) this.hit++;
        if (begin - nowNs > QUEUE_NS) return undefined;
        this.freeNs = begin + Math.ceil((MESSAGE_BITS / impairment.kbitPerSecond) * MS);
        return { lateNs: this.freeNs - nowNs, order: 'kept' };
      }
      case 'delay': {
        this.hit++;
        const { delayMs, jitterMs } = impairment;
        const leastNs = (delayMs - jitterMs) * MS;
        return { lateNs: Math.max(0, Math.round(leastNs) + chance.int(2 * jitterMs * MS)), order: 'kept' };
      }
      case 'reorder':
        if (!chance.happens(impairment.share)) return ON_TIME;
        this.hit++;
        return { lateNs: Math.round(impairment.delayMs * MS), order: 'lost' };
      case 'duplicate':
        // Whoever listens to a connection gets nothing twice.
        if (chance.happens(impairment.share)) this.hit++;
        return ON_TIME;
    }
  }
}

const ON_TIME: Passage = { lateNs: 0, order: 'kept' };
