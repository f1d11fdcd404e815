import type { DiskAbility } from '../../docker/system.js';

export interface DiskSabotage {
  /** Nodes whose disk goes on as before, whatever is done to it. */
  readonly diskFine?: readonly string[];
  /** Nodes whose disk does not recover. */
  readonly diskBroken?: readonly string[];
  /** Nodes that do not start on a damaged file. */
  readonly refusesDamage?: readonly string[];
}

type State = Awaited<ReturnType<DiskAbility['probe']>>['write'];

export interface DiskSite {
  readonly sabotage: () => DiskSabotage;
  readonly call: (line: string) => void;
  readonly stop: (node: string) => void;
  readonly start: (node: string) => void;
  readonly runs: (node: string) => boolean;
}

/** Disks in memory. */
export class FakeDisks {
  /** Nodes with a damaged file. */
  readonly damaged = new Set<string>();
  private readonly states = new Map<string, State>();

  constructor(private readonly site: DiskSite) {}

  get ability(): DiskAbility {
    const { site, states } = this;
    const become = (node: string, state: State) => {
      site.call(`${state} ${node}`);
      if (!site.sabotage().diskFine?.includes(node)) states.set(node, state);
    };
    return {
      stall: async (node) => become(node, 'stalled'),
      fill: async (node) => become(node, 'no-space'),
      fail: async (node) => become(node, 'error'),
      mend: async (node) => {
        site.call(`mend ${node}`);
        if (site.sabotage().diskBroken?.includes(node)) return;
        states.delete(node);
        site.start(node);
      },
      probe: async (node) => {
        const write = states.get(node) ?? 'ok';
        return { write, freeBytes: write === 'no-space' ? 0 : 1e9 };
      },
      corrupt: async (node, { kind, file = 'newest' }) => {
        site.call(`${kind} ${node}`);
        if (site.runs(node)) throw new Error(`${node}: the database runs`);
        this.damaged.add(node);
        return { file: `data/${file}`, change: kind };
      },
    };
  }
}
