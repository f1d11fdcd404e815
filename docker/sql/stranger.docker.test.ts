import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepareEngine } from '../engine/bootstrap.js';
import type { Engine } from '../engine/engine.js';
import { removeRun } from '../engine/janitor.js';
import { LABEL, labelsOf, nameOf } from '../engine/labels.js';
import { mariadb } from '../mariadb/system.js';
import { postgres } from '../postgres/system.js';
import { SessionError, StrangerError, type Cluster, type System } from '../system.js';
import { until } from '../wait.js';
import { clusterNameOf } from './server-identity.js';

const SERVES_MS = 60_000;

let engine: Engine;
beforeAll(async () => void (engine = await prepareEngine()));

const runIdOf = (system: System) => `stranger-${system.name}-${process.pid}`;
afterAll(() => Promise.all([postgres, mariadb].map((system) => removeRun(engine, runIdOf(system)))));

/** The only node's containers are removed, and a server of the same image serves at its address as somebody else's. */
async function replace(cluster: Cluster, runId: string, clusterName: string): Promise<void> {
  const filters = { label: [`${LABEL.run}=${runId}`] };
  const containers = await engine.listContainers({ all: true, filters });
  const database = containers.find(({ Labels }) => Labels[LABEL.role] === 'database')!;
  const { Config } = await engine.getContainer(database.Id).inspect();
  for (const { Id } of containers) await engine.getContainer(Id).remove({ force: true });
  const container = await engine.createContainer({
    Image: Config.Image,
    Cmd: Config.Cmd.map((word) => word.replaceAll(clusterNameOf(runId), clusterName)),
    Env: Config.Env,
    Labels: labelsOf(runId, 'helper'),
    HostConfig: { NetworkMode: nameOf(runId) },
    NetworkingConfig: {
      EndpointsConfig: { [nameOf(runId)]: { IPAMConfig: { IPv4Address: cluster.nodes[0]!.address } } },
    },
  });
  await container.start();
}

it.each([postgres, mariadb].map((system) => [system.name, system] as const))(
  'another server of %s in place of a node is told from it, by sessions and by whoever waits for the cluster',
  async (_, system) => {
    const runId = runIdOf(system);
    await using cluster = await system.launch({ runId, nodes: 1, options: {}, progress: () => undefined });
    await cluster.ready(SERVES_MS);
    const open = () => cluster.open('sql', 'n1', { process: 0, timeoutMs: 5_000 });
    await (await open()).close();

    await replace(cluster, runId, clusterNameOf('somebody else'));
    const answer = async () => {
      const error = await open().catch((thrown: unknown) => thrown);
      // It has to come up first.
      return error instanceof SessionError ? undefined : error;
    };
    const error = await until(answer, { timeoutMs: SERVES_MS, everyMs: 300 });
    expect(error).toBeInstanceOf(StrangerError);
    expect((error as Error).message).toContain(clusterNameOf('somebody else'));
    await expect(cluster.ready(SERVES_MS)).rejects.toBeInstanceOf(StrangerError);
  },
);
