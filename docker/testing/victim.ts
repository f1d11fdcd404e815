/**
 * A harness to be killed by a test: launches a cluster, puts faults in place, says so and waits.
 * Arguments: run id, number of nodes.
 */
import { etcd } from '../etcd/system.js';

const [runId = 'victim', nodes = '3'] = process.argv.slice(2);
const cluster = await etcd.launch({
  runId,
  nodes: Number(nodes),
  options: {},
  needs: ['power', 'disks'],
  progress: () => undefined,
});
await cluster.abilities.network?.cut([{ from: 'n1', to: 'n2' }]);
await cluster.abilities.processes?.signal('n2', 'STOP');
await cluster.abilities.freezer?.freeze('n3');
await cluster.abilities.disks?.stall('n1');
process.stdout.write('faults in place\n');
setInterval(() => undefined, 1_000);
