/**
 * A harness to be killed by a test: launches a cluster, puts faults in place, says so and waits.
 * Arguments: run id, number of nodes, which faults.
 */
import { etcd } from '../etcd/system.js';
import { postgres } from '../postgres/system.js';
import type { Abilities } from '../system.js';

/** What to launch, and what to do to it. Work that is under way when the harness dies is not waited for. */
const FAULTS: Readonly<
  Record<
    string,
    {
      readonly system: typeof etcd;
      readonly needs: readonly (keyof Abilities)[];
      inject(abilities: Partial<Abilities>): Promise<void>;
    }
  >
> = {
  stalled: {
    system: etcd,
    needs: ['power', 'disks'],
    async inject({ network, processes, freezer, disks }) {
      await network?.cut([{ from: 'n1', to: 'n2' }]);
      await processes?.signal('n2', 'STOP');
      await freezer?.freeze('n3');
      await disks?.stall('n1');
    },
  },
  lossy: {
    system: etcd,
    needs: ['power', 'disks'],
    async inject({ traffic, disks }) {
      await traffic!.impair([{ from: 'n1', to: 'n2' }], { kind: 'loss', share: 0.5 });
      await disks!.fill('n1');
      await disks!.fail('n2');
    },
  },
  throttled: {
    system: etcd,
    needs: [],
    async inject({ traffic, orchestrator }) {
      await traffic!.impair([{ from: 'n1', to: 'n2' }], { kind: 'throttle', kbitPerSecond: 100 });
      void orchestrator!.reschedule('n3', 'wiped');
    },
  },
  shrinking: {
    system: etcd,
    needs: [],
    async inject({ membership }) {
      void membership!.remove('n3');
      return Promise.resolve();
    },
  },
  skewed: {
    system: postgres,
    needs: ['clocks'],
    inject: ({ clocks }) => clocks!.set('n1', { offsetMs: 60_000, rate: 1.1 }),
  },
};

const [runId = 'victim', nodes = '3', which = 'stalled'] = process.argv.slice(2);
const { system, needs, inject } = FAULTS[which]!;
const cluster = await system.launch({ runId, nodes: Number(nodes), options: {}, needs, progress: () => undefined });
if (which !== 'stalled') await cluster.ready(120_000);
await inject(cluster.abilities);
process.stdout.write('faults in place\n');
setInterval(() => undefined, 1_000);
