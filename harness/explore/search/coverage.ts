import type { NodePhase, NodeRole } from '../../../docker/system.js';
import type { Moment } from './idea.js';

export const ROLES: readonly NodeRole[] = ['leader', 'follower', 'candidate'];
/** What a fault may hit; `quiet` counts too, but nobody aims at it. */
export const PHASES: readonly NodePhase[] = ['election', 'replication', 'commit', 'recovery', 'quiet'];

/** A fault where and when it really happened. */
export interface Hit extends Moment {
  readonly kind: string;
  /** Of the run, ns. */
  readonly time: number;
}

/** Faults that came so soon after another had part in what that one caused. */
const TOGETHER_NS = 3e9;

/** Looks before which hardly anything is known of how often moments are. */
const SOME = 20;

/** Which kinds of fault have hit which role in which phase, and which did so one after the other. */
export class Coverage {
  private readonly cells = new Map<string, number>();
  private readonly seen = new Map<string, number>();
  private looks = 0;
  private readonly missed = new Map<string, number>();
  private readonly pairs = new Set<string>();

  /** How often a cell was hit, or aimed at in vain. */
  tries({ role, phase }: Moment, kind: string): number {
    const cell = cellOf({ kind, role, phase });
    return (this.cells.get(cell) ?? 0) + (this.missed.get(cell) ?? 0);
  }

  hits({ role, phase }: Moment, kind: string): number {
    return this.cells.get(cellOf({ kind, role, phase })) ?? 0;
  }

  /** Looks at nodes at a time that had nothing to do with them. */
  see(states: readonly Moment[]): void {
    for (const { role, phase } of states) {
      this.seen.set(`${role} ${phase}`, (this.seen.get(`${role} ${phase}`) ?? 0) + 1);
      this.looks++;
    }
  }

  /** How often a node is there; never quite 0, as what was not seen yet may still be. */
  share({ role, phase }: Moment): number {
    return ((this.seen.get(`${role} ${phase}`) ?? 0) + 1) / (this.looks + SOME);
  }

  /** A fault was aimed at a moment that did not come. */
  miss({ role, phase }: Moment, kind: string): void {
    const cell = cellOf({ kind, role, phase });
    this.missed.set(cell, (this.missed.get(cell) ?? 0) + 1);
  }

  /** Cells that were hit. */
  get covered(): number {
    return this.cells.size;
  }

  /** Notes the faults of a run; answers how much of it is new: cells count more than pairs of cells. */
  add(hits: readonly Hit[]): number {
    let novelty = 0;
    hits.forEach((hit, at) => {
      const cell = cellOf(hit);
      const before = this.cells.get(cell) ?? 0;
      this.cells.set(cell, before + 1);
      if (before === 0) novelty += 3;
      for (const earlier of hits.slice(0, at)) {
        if (hit.time - earlier.time > TOGETHER_NS) continue;
        const pair = `${cellOf(earlier)} > ${cell}`;
        if (!this.pairs.has(pair)) novelty++;
        this.pairs.add(pair);
      }
    });
    return novelty;
  }
}

function cellOf({ kind, role, phase }: Pick<Hit, 'kind' | 'role' | 'phase'>): string {
  return `${kind} ${role} ${phase}`;
}
