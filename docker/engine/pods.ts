import { bounded, until } from '../wait.js';
import type { Container, Engine } from './engine.js';
import { statusOf, tolerating } from './engine.js';
import { execOk } from './exec.js';
import { labelsOf, nameOf } from './labels.js';
import { HELD, holding, type Held } from './lifeline.js';
import type { RunNetwork } from './networks.js';

export interface PodSpec {
  readonly runId: string;
  readonly node: string;
  readonly address: string;
  readonly network: RunNetwork;
  /** Image of the sandbox. */
  readonly toolbox: string;
  /** Image of the database, used as it is. */
  readonly image: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where the database keeps its data; a volume is mounted there. */
  readonly dataPath: string;
  /** The data volume, made before; absent: a new one of the node's own. */
  readonly volume?: string;
  /** Where clients connect: what they send there is counted. Absent: nothing is. */
  readonly port?: number;
  /** How many pods this node had before; the names tell them apart. Default 0. */
  readonly generation?: number;
  /** Further volumes. */
  readonly mounts?: readonly PodMount[];
  /** Run in the sandbox before the database starts; with it the two share their memory as they share their network. */
  readonly preparation?: string;
}

export interface PodMount {
  readonly volume: string;
  readonly path: string;
  /** In which of the two containers; the sandbox may always write. */
  readonly in: 'database' | 'sandbox' | 'both';
}

/**
 * A node: a sandbox container owning the network and pid namespaces, and the database container joined to it. The
 * database may die and start again; address, firewall rules and pid namespace live on in the sandbox.
 */
export interface Pod {
  readonly node: string;
  readonly address: string;
  readonly sandbox: Container;
  readonly database: Container;
  readonly volume: string;
  /** Lets go of the sandbox: it ends within moments, and everything in the pod with it. */
  release(): void;
}

const CREATE_TIMEOUT_MS = 30_000;
const SHARED_MEMORY_BYTES = 256 * 2 ** 20;

export async function createPod(engine: Engine, spec: PodSpec): Promise<Pod> {
  const [sandbox, volume] = await Promise.all([startSandbox(engine, spec), spec.volume ?? createVolume(engine, spec)]);
  const what = `starting the database container of ${spec.node}`;
  if (spec.preparation !== undefined) {
    await execOk(sandbox.container, ['sh', '-c', spec.preparation], CREATE_TIMEOUT_MS);
  }
  const database = await bounded(createDatabase(engine, spec, sandbox.container, volume), CREATE_TIMEOUT_MS, what);
  await bounded(database.start(), CREATE_TIMEOUT_MS, what);
  return {
    node: spec.node,
    address: spec.address,
    sandbox: sandbox.container,
    database,
    volume,
    release: () => sandbox.lifeline.destroy(),
  };
}

/** A plain data volume; the next one of a node has another number. */
export async function createVolume(
  engine: Engine,
  { runId, node, generation = 0 }: Pick<PodSpec, 'runId' | 'node' | 'generation'>,
): Promise<string> {
  const volume = nameOf(runId, node, 'data', ...numbered(generation));
  const creating = engine.createVolume({ Name: volume, Labels: labelsOf(runId, 'data', node) });
  await bounded(creating, CREATE_TIMEOUT_MS, `creating the volume of ${node}`);
  return volume;
}

const numbered = (generation: number): readonly string[] => (generation === 0 ? [] : [String(generation)]);

/** Ends a pod's namespaces for good, and with them whatever still runs in them; idempotent. */
export async function removeSandbox(pod: Pod): Promise<void> {
  pod.release();
  const removal = tolerating([404, 409], pod.sandbox.remove({ force: true }));
  await bounded(removal, CREATE_TIMEOUT_MS, `removing the sandbox of ${pod.node}`);
  const gone = await until(
    async () => {
      const status = await pod.sandbox.inspect().then(() => undefined, statusOf);
      return status === 404 ? true : undefined;
    },
    { timeoutMs: CREATE_TIMEOUT_MS, everyMs: 50 },
  );
  if (!gone) throw new Error(`the sandbox of ${pod.node} does not go away`);
}

/** Starts the database container again; no-op when it runs. */
export async function startDatabase(pod: Pod, timeoutMs: number): Promise<void> {
  await bounded(tolerating([304], pod.database.start()), timeoutMs, `starting ${pod.node}`);
}

function createDatabase(engine: Engine, spec: PodSpec, sandbox: Container, volume: string): Promise<Container> {
  return engine.createContainer({
    name: nameOf(spec.runId, spec.node, ...numbered(spec.generation ?? 0)),
    Image: spec.image,
    Cmd: [...spec.command],
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(spec.runId, 'database', spec.node),
    HostConfig: {
      NetworkMode: `container:${sandbox.id}`,
      PidMode: `container:${sandbox.id}`,
      ...(spec.preparation !== undefined && { IpcMode: `container:${sandbox.id}` }),
      // Not removed when it ends: a killed database is started again.
      AutoRemove: false,
      Mounts: [{ Type: 'volume', Source: volume, Target: spec.dataPath }, ...mountsIn('database', spec)],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '64m', 'max-file': '2' } },
    },
  });
}

function mountsIn(container: 'database' | 'sandbox', { mounts = [] }: PodSpec) {
  return mounts
    .filter((mount) => mount.in === container || mount.in === 'both')
    .map(({ volume, path }) => ({
      Type: 'volume' as const,
      Source: volume,
      Target: path,
      ReadOnly: container === 'database',
    }));
}

async function startSandbox(engine: Engine, spec: PodSpec): Promise<Held> {
  const what = `starting the sandbox of ${spec.node}`;
  return holding(await bounded(createSandbox(engine, spec), CREATE_TIMEOUT_MS, what), what);
}

function createSandbox(engine: Engine, spec: PodSpec): Promise<Container> {
  return engine.createContainer({
    name: nameOf(spec.runId, spec.node, 'sandbox', ...numbered(spec.generation ?? 0)),
    Hostname: spec.node,
    Image: spec.toolbox,
    Labels: labelsOf(spec.runId, 'sandbox', spec.node),
    ...(spec.port !== undefined && {
      Env: [`FAULTLINE_CLIENTS=${spec.network.gateway}`, `FAULTLINE_PORT=${spec.port}`],
    }),
    ...HELD,
    HostConfig: {
      NetworkMode: spec.network.id,
      Init: true,
      AutoRemove: true,
      CapAdd: ['NET_ADMIN'],
      ...(spec.preparation !== undefined && { IpcMode: 'shareable', ShmSize: SHARED_MEMORY_BYTES }),
      Mounts: [...mountsIn('sandbox', spec)],
    },
    NetworkingConfig: {
      EndpointsConfig: { [spec.network.id]: { IPAMConfig: { IPv4Address: spec.address }, Aliases: [spec.node] } },
    },
  });
}
