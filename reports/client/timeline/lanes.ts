import type { Operations } from '../../data/decode.js';

/** One row of the timeline: processes that followed one another, never two at once. */
export interface Lane {
  readonly group: string;
  readonly label: string;
  /** Into the operations, ascending by start and, since a process does one thing at a time, by end. */
  readonly operations: Int32Array;
}

/** As many processes get a lane each; more share lanes. */
const MAX_UNPACKED = 16;

export type Grouping = 'workload' | 'node';

interface Life {
  readonly process: number;
  readonly group: number;
  readonly operations: number[];
  end: number;
}

/**
 * Lays processes into few lanes. A process that ends with an unknown outcome is replaced by one with a fresh number;
 * the successor takes over its lane, so that a lane reads like one client through time.
 */
export function layLanes(operations: Operations, grouping: Grouping): readonly Lane[] {
  const groupOf = grouping === 'workload' ? operations.workloads : operations.nodes;
  const names = grouping === 'workload' ? operations.workloadNames : operations.nodeNames;
  const lives = livesOf(operations, groupOf);
  const pack = lives.length > MAX_UNPACKED;
  const groups = new Map<number, { free: number; lives: Life[] }[]>();
  for (const life of lives) {
    const lanes = groups.get(life.group) ?? [];
    groups.set(life.group, lanes);
    const start = operations.starts[life.operations[0]];
    const free = pack
      ? lanes
          .filter((lane) => lane.free <= start)
          .sort((a, b) => b.free - a.free)
          .at(0)
      : undefined;
    if (free === undefined) lanes.push({ free: life.end, lives: [life] });
    else {
      free.lives.push(life);
      free.free = life.end;
    }
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .flatMap(([group, lanes]) =>
      lanes.map(({ lives: members }, position) => ({
        group: group < 0 ? '' : names[group],
        label: nameOf(members, position, pack) + (grouping === 'node' ? '' : placeOf(members, operations)),
        operations: Int32Array.from(members.flatMap((life) => life.operations)),
      })),
    );
}

/** Processes in the order in which they began. */
function livesOf(operations: Operations, groupOf: Int32Array): Life[] {
  const lives = new Map<number, Life>();
  const lastTime = operations.count === 0 ? 0 : operations.starts[operations.count - 1];
  for (let i = 0; i < operations.count; i++) {
    const process = operations.processes[i];
    const end = operations.outcomes[i] === 3 ? lastTime : operations.starts[i] + operations.durations[i];
    const life = lives.get(process);
    if (life === undefined) lives.set(process, { process, group: groupOf[i], operations: [i], end });
    else {
      life.operations.push(i);
      life.end = Math.max(life.end, end);
    }
  }
  return [...lives.values()];
}

function nameOf([{ process }]: readonly Life[], position: number, packed: boolean): string {
  return packed ? `client ${position + 1}` : `process ${process}`;
}

/** ` on n2`, where all processes of a lane were bound to that node. */
function placeOf(lives: readonly Life[], { nodes, nodeNames }: Operations): string {
  const places = new Set(lives.map((life) => nodes[life.operations[0]]));
  const [place] = places;
  return places.size === 1 && place >= 0 ? ` on ${nodeNames[place]}` : '';
}

/** Position in `lane.operations` of the first operation that ends at or after a time. */
export function firstEndingAfter(lane: Lane, operations: Operations, time: number): number {
  let low = 0;
  let high = lane.operations.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const operation = lane.operations[middle];
    if (operations.starts[operation] + operations.durations[operation] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
