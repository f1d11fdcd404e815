import { EXIT, UserError } from '../../harness/kit/errors.js';
import { bounded, until } from '../wait.js';
import { asUserError, connect, statusOf, tolerating, type Engine } from './engine.js';
import { detachDisks, someToolbox } from './disks.js';
import { LABEL, type Role } from './labels.js';
import { parseOwner, self, stateOf } from './owner.js';
import { sweepScratch } from './scratch.js';
import { thawDisks, unpause } from './thaw.js';

/** What was removed, by name. */
export interface Removed {
  readonly runs: readonly string[];
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly directories: readonly string[];
  /** Runs left alone because their harness lives. */
  readonly alive: readonly string[];
}

/**
 * Removes what runs left behind: of every run whose harness is dead, or of one run by id. A run whose harness lives is
 * left alone, unless it is this process' own.
 */
export async function clean(scope: 'all' | { readonly runId: string } = 'all', engine?: Engine): Promise<Removed> {
  const docker = engine ?? (await connect());
  const runs = await inventory(docker).catch((error: unknown) => {
    throw asUserError('Looking for leftovers', error);
  });
  const chosen = scope === 'all' ? runs : runs.filter((run) => run.id === scope.runId);
  const dead = chosen.filter((run) => !isAlive(run) || (scope !== 'all' && isOwn(run)));
  const alive = chosen.filter((run) => !dead.includes(run)).map((run) => run.id);
  await Promise.all(dead.map((run) => removeBelongings(docker, run))).catch((error: unknown) => {
    throw asUserError('Removing leftovers', error);
  });
  return {
    runs: dead.map((run) => run.id),
    containers: dead.flatMap((run) => run.containers.map(({ name }) => name)),
    networks: dead.flatMap((run) => run.networks.map(({ name }) => name)),
    volumes: dead.flatMap((run) => [...run.volumes, ...run.disks]),
    directories: scope === 'all' ? await sweepScratch() : [],
    alive,
  };
}

/** Removes everything of one run, whoever owns it: the tear-down of a cluster. */
export async function removeRun(engine: Engine, runId: string): Promise<void> {
  const runs = await inventory(engine, runId);
  await Promise.all(runs.map((run) => removeBelongings(engine, run)));
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Everything with one run's label. */
interface Belongings {
  readonly id: string;
  readonly owners: Set<string>;
  readonly containers: Named[];
  /** Of the containers, the ids of those that hold disks, and of those that are frozen. */
  readonly agents: string[];
  readonly paused: string[];
  readonly networks: Named[];
  readonly volumes: string[];
  /** Volumes with the image file of a loop device each. */
  readonly disks: string[];
  running: boolean;
  /** Seconds since the epoch. */
  youngest: number;
}

const LIST_TIMEOUT_MS = 15_000;
const REMOVE_TIMEOUT_MS = 60_000;
const INSIST_TIMEOUT_MS = 20_000;
const AGENT_SECONDS = 5;
/** A run of another pid namespace with nothing running may still be starting; after this it is not. */
const FOREIGN_GRACE_SECONDS = 600;

async function inventory(engine: Engine, runId?: string): Promise<readonly Belongings[]> {
  const filters = { label: [runId === undefined ? LABEL.run : `${LABEL.run}=${runId}`] };
  const [containers, networks, { Volumes }] = await bounded(
    Promise.all([
      engine.listContainers({ all: true, filters }),
      engine.listNetworks({ filters }),
      engine.listVolumes({ filters }),
    ]),
    LIST_TIMEOUT_MS,
    'listing what runs left',
  );
  const runs = new Map<string, Belongings>();
  const of = (labels: Record<string, string>): Belongings => {
    const id = labels[LABEL.run] ?? '';
    const run = runs.get(id) ?? emptyRun(id);
    runs.set(id, run);
    run.owners.add(labels[LABEL.owner] ?? '');
    return run;
  };
  for (const { Id, Names, Labels, State, Created } of containers) {
    const run = of(Labels);
    if (Labels[LABEL.role] === ('agent' satisfies Role)) run.agents.push(Id);
    if (State === 'paused') run.paused.push(Id);
    run.containers.push({ id: Id, name: (Names[0] ?? Id).replace('/', '') });
    run.running ||= State === 'running' || State === 'paused';
    run.youngest = Math.max(run.youngest, Created);
  }
  for (const { Id, Name, Labels, Created } of networks) {
    const run = of(Labels ?? {});
    run.networks.push({ id: Id, name: Name });
    run.youngest = Math.max(run.youngest, Date.parse(Created) / 1000 || 0);
  }
  for (const { Name, Labels } of Volumes ?? []) {
    const run = of(Labels);
    (Labels[LABEL.role] === ('disk' satisfies Role) ? run.disks : run.volumes).push(Name);
  }
  return [...runs.values()];
}

function emptyRun(id: string): Belongings {
  return {
    id,
    owners: new Set(),
    containers: [],
    agents: [],
    paused: [],
    networks: [],
    volumes: [],
    disks: [],
    running: false,
    youngest: 0,
  };
}

function isAlive(run: Belongings): boolean {
  return [...run.owners].some((text) => {
    const owner = parseOwner(text);
    if (owner === undefined) return false;
    const state = stateOf(owner);
    if (state !== 'foreign') return state === 'alive';
    return run.running || Date.now() / 1000 - run.youngest < FOREIGN_GRACE_SECONDS;
  });
}

function isOwn(run: Belongings): boolean {
  const me = self();
  return [...run.owners].every((text) => {
    const owner = parseOwner(text);
    return owner?.pid === me.pid && owner.startTicks === me.startTicks;
  });
}

/**
 * Thaw first, kill then: of what is frozen, or waits for a frozen disk, nothing can be ended. One thing that resists does
 * not keep the others.
 */
async function removeBelongings(engine: Engine, run: Belongings): Promise<void> {
  const work = async () => {
    await thaw(engine, run);
    // An agent thaws and unmounts before it ends, which is kinder to what is still running.
    await Promise.allSettled(
      run.agents.map((id) => tolerating([304, 404, 409], engine.getContainer(id).stop({ t: AGENT_SECONDS }))),
    );
    await everyOne(
      run.containers.map(({ id, name }) => insist(`container ${name}`, () => removeContainer(engine, id))),
    );
    await everyOne([
      ...run.networks.map(({ id }) => insist(`network ${id.slice(0, 12)}`, () => engine.getNetwork(id).remove())),
      ...run.volumes.map((name) => insist(`volume ${name}`, () => engine.getVolume(name).remove({ force: true }))),
    ]);
    if (run.disks.length === 0) return;
    // Unmounted with the last container that had it; while the device holds the file, the file's space is not given back.
    await detachDisks(engine, run.disks);
    await everyOne(
      run.disks.map((name) => insist(`volume ${name}`, () => engine.getVolume(name).remove({ force: true }))),
    );
  };
  await bounded(work(), REMOVE_TIMEOUT_MS, `removing what run ${run.id} left`);
}

/** Whatever of it fails is left to the removal, which says what does not go away. */
async function thaw(engine: Engine, run: Belongings): Promise<void> {
  const image = run.disks.length === 0 ? undefined : await someToolbox(engine).catch(() => undefined);
  await Promise.allSettled([
    ...run.paused.map((id) => unpause(engine.getContainer(id))),
    ...(image === undefined ? [] : [thawDisks(engine, image, { files: run.disks })]),
  ]);
}

/** 404: the sandbox removed itself meanwhile. */
async function removeContainer(engine: Engine, id: string): Promise<void> {
  const container = engine.getContainer(id);
  await tolerating([404], container.remove({ force: true, v: true }));
}

/** Waits for all, then throws the first failure. */
async function everyOne(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * Networks and volumes are refused (403, 409) while a container that used them is still going away, a container (409, 500)
 * while its removal is under way or a process of it still dies.
 */
async function insist(what: string, remove: () => Promise<unknown>): Promise<void> {
  let refusal: unknown;
  const removed = await until(
    async () => {
      try {
        await tolerating([404], remove());
        return true;
      } catch (error) {
        refusal = error;
        const status = statusOf(error);
        if (status !== 403 && status !== 409 && status !== 500) throw error;
        return undefined;
      }
    },
    { timeoutMs: INSIST_TIMEOUT_MS, everyMs: 100 },
  );
  if (!removed) {
    throw new UserError(`Cannot remove ${what}: still in use. Try faultline clean.`, EXIT.harnessError, {
      cause: refusal,
    });
  }
}
