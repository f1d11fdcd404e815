import type { Duplex } from 'node:stream';
import { bounded } from '../wait.js';
import type { Container, Engine } from './engine.js';
import { tolerating } from './engine.js';
import { labelsOf, nameOf } from './labels.js';
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

export async function createPod(engine: Engine, spec: PodSpec): Promise<Pod> {
  const volume = nameOf(spec.runId, spec.node, 'data');
  const [sandbox] = await Promise.all([
    startSandbox(engine, spec),
    bounded(
      engine.createVolume({ Name: volume, Labels: labelsOf(spec.runId, 'data', spec.node) }),
      CREATE_TIMEOUT_MS,
      `creating the volume of ${spec.node}`,
    ),
  ]);
  const what = `starting the database container of ${spec.node}`;
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

/** Starts the database container again; no-op when it runs. */
export async function startDatabase(pod: Pod, timeoutMs: number): Promise<void> {
  await bounded(tolerating([304], pod.database.start()), timeoutMs, `starting ${pod.node}`);
}

function createDatabase(engine: Engine, spec: PodSpec, sandbox: Container, volume: string): Promise<Container> {
  return engine.createContainer({
    name: nameOf(spec.runId, spec.node),
    Image: spec.image,
    Cmd: [...spec.command],
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(spec.runId, 'database', spec.node),
    HostConfig: {
      NetworkMode: `container:${sandbox.id}`,
      PidMode: `container:${sandbox.id}`,
      // Not removed when it ends: a killed database is started again.
      AutoRemove: false,
      Mounts: [{ Type: 'volume', Source: volume, Target: spec.dataPath }],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '64m', 'max-file': '2' } },
    },
  });
}

interface Sandbox {
  readonly container: Container;
  readonly lifeline: Duplex;
}

/**
 * The dead-man's switch: the sandbox's main process reads the standard input attached here and ends when it closes.
 * Attached before the start, so that there is no moment at which the sandbox runs and nobody holds it (an engine
 * delivers the end of an input that closed before the start, too).
 */
async function startSandbox(engine: Engine, spec: PodSpec): Promise<Sandbox> {
  const what = `starting the sandbox of ${spec.node}`;
  const container = await bounded(createSandbox(engine, spec), CREATE_TIMEOUT_MS, what);
  const lifeline = (await bounded(
    container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true }),
    CREATE_TIMEOUT_MS,
    what,
  )) as Duplex;
  const greeting = waitForGreeting(lifeline);
  // It may be rejected before anybody waits for it, when the start itself fails.
  greeting.catch(() => undefined);
  try {
    await bounded(container.start(), CREATE_TIMEOUT_MS, what);
    await bounded(greeting, 10_000, what);
    return { container, lifeline };
  } catch (error) {
    lifeline.destroy();
    throw error;
  }
}

function createSandbox(engine: Engine, spec: PodSpec): Promise<Container> {
  return engine.createContainer({
    name: nameOf(spec.runId, spec.node, 'sandbox'),
    Hostname: spec.node,
    Image: spec.toolbox,
    Labels: labelsOf(spec.runId, 'sandbox', spec.node),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      NetworkMode: spec.network.id,
      Init: true,
      AutoRemove: true,
      CapAdd: ['NET_ADMIN'],
    },
    NetworkingConfig: {
      EndpointsConfig: { [spec.network.id]: { IPAMConfig: { IPv4Address: spec.address }, Aliases: [spec.node] } },
    },
  });
}

/** Resolves when the sandbox says that its chains are in place; rejects with what it said when it ended instead. */
function waitForGreeting(lifeline: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    lifeline.on('data', (chunk: Buffer) => {
      // Output comes in frames with an 8-byte header each; only the printable text matters here.
      said = (said + chunk.toString('latin1').replace(/[^\x20-\x7e\n]/g, '')).slice(-2_000);
      if (/(^|\s)ready\n/.test(said)) resolve();
    });
    lifeline.once('close', () => reject(new Error(`the sandbox ended: ${said.trim() || 'no output'}`)));
    lifeline.once('end', () => reject(new Error(`the sandbox ended: ${said.trim() || 'no output'}`)));
    // A broken stream is an ended sandbox; without a listener it would take the harness down.
    lifeline.on('error', reject);
  });
}
