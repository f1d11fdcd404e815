import type {
  ClockAbility,
  ClusterNode,
  MembershipAbility,
  OrchestratorAbility,
  PowerAbility,
} from '../../docker/system.js';

/** Ways in which machines can fail their nemesis. Each is off unless named. */
export interface MachineSabotage {
  /** Nodes whose disk loses nothing: only the processes die. */
  readonly diskStaysUp?: readonly string[];
  /** Nodes whose processes live on without a disk. */
  readonly survivesOutage?: readonly string[];
  /** Nodes whose disk comes up again without having been mounted. */
  readonly neverMounts?: readonly string[];
  /** Nodes whose clock goes on as before. */
  readonly clockStuck?: readonly string[];
  /** Nodes whose clock does not find back. */
  readonly clockLost?: readonly string[];
  readonly keepsAddress?: readonly string[];
  /** Asked to wipe a volume, keeps it. */
  readonly keepsVolume?: readonly string[];
  /** Nodes whose pod is gone and is not made again, so many times. */
  readonly movesBreakOff?: { readonly node: string; times: number };
  /** The members stay as they are. */
  readonly membersFixed?: boolean;
}

/** What machines need of the cluster they stand in. */
export interface Site {
  readonly sabotage: () => MachineSabotage;
  /** ns by the clock that everything waits by. */
  readonly nowNs: () => number;
  readonly call: (line: string) => void;
  readonly nodes: () => readonly ClusterNode[];
  readonly setNodes: (nodes: readonly ClusterNode[]) => void;
  /** Its process ends, or starts anew where none is running. */
  readonly stop: (node: string) => void;
  readonly start: (node: string) => void;
  readonly join: (node: string) => void;
  /** Its data are gone. */
  readonly wiped: (node: string) => void;
}

interface Machine {
  disk: { up: boolean; mounts: number };
  clock: { offsetMs: number; rate: number; sinceNs: number };
  volume: number;
}

/** Disks, clocks, places and membership of a fake cluster's nodes. */
export class FakeMachines {
  private readonly machines = new Map<string, Machine>();
  private addresses = 100;

  constructor(private readonly site: Site) {}

  get power(): PowerAbility {
    const { site } = this;
    return {
      cut: async (nodes) => {
        site.call(`cut power ${nodes.join(' ')}`);
        for (const node of nodes) {
          if (!site.sabotage().diskStaysUp?.includes(node)) this.of(node).disk.up = false;
          if (!site.sabotage().survivesOutage?.includes(node)) site.stop(node);
        }
      },
      restore: async (nodes) => {
        site.call(`restore power ${nodes.join(' ')}`);
        for (const node of nodes) {
          const { disk } = this.of(node);
          if (!disk.up && !site.sabotage().neverMounts?.includes(node))
            Object.assign(disk, { mounts: disk.mounts + 1 });
          disk.up = true;
          site.start(node);
        }
      },
      status: async (node) => ({ ...this.of(node).disk }),
      recoveryLog: async () => ['recovered'],
    };
  }

  get clocks(): ClockAbility {
    const { site } = this;
    const set = (node: string, offsetMs: number, rate: number) =>
      Object.assign(this.of(node), { clock: { offsetMs, rate, sinceNs: site.nowNs() } });
    return {
      set: async (node, { offsetMs, rate }) => {
        site.call(`set clock ${node}`);
        if (!site.sabotage().clockStuck?.includes(node)) set(node, offsetMs, rate);
      },
      reset: async (node) => {
        site.call(`reset clock ${node}`);
        if (!site.sabotage().clockLost?.includes(node)) set(node, 0, 1);
      },
      offsetMs: async (node) => {
        const { offsetMs, rate, sinceNs } = this.of(node).clock;
        return offsetMs + ((rate - 1) * (site.nowNs() - sinceNs)) / 1e6;
      },
    };
  }

  get orchestrator(): OrchestratorAbility {
    const { site } = this;
    return {
      reschedule: async (name, volume) => {
        site.call(`reschedule ${name} ${volume}`);
        const sabotage = site.sabotage();
        const from = site.nodes().find((node) => node.name === name)!.address;
        site.stop(name);
        if (sabotage.movesBreakOff?.node === name && sabotage.movesBreakOff.times-- > 0) {
          throw new Error('the pod could not be made');
        }
        const machine = this.of(name);
        const old = machine.volume;
        if (volume === 'wiped' && !sabotage.keepsVolume?.includes(name)) {
          machine.volume++;
          site.wiped(name);
        }
        const to = sabotage.keepsAddress?.includes(name) ? from : `10.0.0.${this.addresses++}`;
        site.setNodes(site.nodes().map((node) => (node.name === name ? { ...node, address: to } : node)));
        site.start(name);
        return { from, to, volumes: { from: `data-${old}`, to: `data-${machine.volume}` } };
      },
    };
  }

  get membership(): MembershipAbility {
    const { site } = this;
    return {
      members: async () => site.nodes().map(({ name }) => name),
      remove: async (node) => {
        site.call(`remove ${node}`);
        if (site.sabotage().membersFixed) return;
        site.setNodes(site.nodes().filter(({ name }) => name !== node));
        site.stop(node);
      },
      add: async (node) => {
        site.call(`add ${node}`);
        if (site.sabotage().membersFixed) return;
        site.setNodes([...site.nodes(), { name: node, address: `10.0.0.${this.addresses++}` }]);
        site.join(node);
        site.start(node);
      },
    };
  }

  private of(node: string): Machine {
    const known = this.machines.get(node);
    if (known !== undefined) return known;
    const machine = { disk: { up: true, mounts: 1 }, clock: { offsetMs: 0, rate: 1, sinceNs: 0 }, volume: 1 };
    this.machines.set(node, machine);
    return machine;
  }
}
