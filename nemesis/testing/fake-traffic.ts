import type { Impairment, Link, TrafficAbility } from '../../docker/system.js';

export interface TrafficSabotage {
  /** Kinds that the kernel lacks. */
  readonly lacks?: readonly Impairment['kind'][];
  /** Nodes whose lines stay good. */
  readonly linesGood?: readonly string[];
  /** What was put in place stays. */
  readonly linesStuck?: boolean;
}

/** Bad lines in memory; every question about a line is a packet on it. */
export class FakeTraffic {
  links: readonly Link[] = [];
  impairment: Impairment | undefined;
  private hits = new Map<string, number>();

  constructor(
    private readonly sabotage: () => TrafficSabotage,
    private readonly call: (line: string) => void,
  ) {}

  get ability(): TrafficAbility {
    return {
      unavailable: async (kind) =>
        this.sabotage().lacks?.includes(kind) ? 'not available on this kernel (unknown qdisc)' : undefined,
      impair: async (links, impairment) => {
        this.call(`impair ${impairment.kind}`);
        this.links = links;
        this.impairment = impairment;
        this.hits = new Map(links.flatMap(({ from, to }) => [from, to]).map((node) => [node, this.hitOn(node)]));
      },
      restore: async () => {
        this.call('restore lines');
        if (this.sabotage().linesStuck) return;
        this.links = [];
        this.hits.clear();
      },
      counters: async () => [...this.hits].map(([node, hit]) => ({ node, hit, packets: hit * 4 })),
      send: async () => undefined,
      roundTripMs: async () => (this.impairment?.kind === 'delay' ? this.impairment.delayMs : 1),
    };
  }

  private hitOn(node: string): number {
    return this.sabotage().linesGood?.includes(node) ? 0 : 5;
  }
}
