import type { EventInput } from '../../harness/history/builder.js';
import {
  FAIL,
  History,
  INFO,
  INVOKE,
  NONE,
  OK,
  VALUE_INT,
  VALUE_NULL,
  VALUE_RAW,
} from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { historyOf, SECOND } from './runs.js';

/** A small repeatable source of numbers in [0, 1). */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A minute of register and bank traffic that looks like a real run: slower and partly unanswered during faults, a
 * process replaced after every unknown outcome. Not meant for checkers.
 */
export function traffic(operations: number, seed = 812): History {
  const draw = draws(seed);
  const threads = Array.from({ length: 10 }, (_, thread) => ({ process: thread, free: draw() * 0.1 * SECOND, thread }));
  const events: (EventInput & { readonly time: number })[] = [];
  let nextProcess = 10;
  for (let id = 0; id < operations; id++) {
    const thread = threads.reduce((a, b) => (b.free < a.free ? b : a));
    const time = Math.round(thread.free);
    const step = (time - 5 * SECOND) / (5 * SECOND);
    const faulty = step >= 0 && step < 9 && step % 1 > 0.2 && step % 1 < 0.8;
    const outcome = draw() < (faulty ? 0.03 : 0.0005) ? 'info' : draw() < 0.06 ? 'fail' : 'ok';
    const took =
      outcome === 'info' ? 2 * SECOND : (1.2 + 2.5 * draw() ** 6 * 20 + (faulty ? 60 * draw() ** 3 : 0)) * 1e6;
    const shape = thread.thread < 5 ? registerOperation(draw, outcome) : bankOperation(draw, id, outcome);
    const common = {
      process: thread.process,
      f: shape.f,
      node: `n${1 + (thread.thread % 5)}`,
      workload: shape.workload,
      ...(shape.key !== undefined && { key: shape.key }),
    };
    events.push({ ...common, time, type: 'invoke', value: shape.input });
    const error =
      outcome === 'ok'
        ? {}
        : {
            error:
              outcome === 'info'
                ? 'timeout: no answer within 2000 ms'
                : shape.f === 'cas'
                  ? 'mismatch'
                  : 'refused: connection refused',
          };
    events.push({ ...common, time: Math.round(time + took), type: outcome, value: shape.output, ...error });
    if (outcome === 'info') thread.process = nextProcess++;
    thread.free = time + took + (1 + draw()) * ((60 * SECOND * 10) / operations) * 0.49;
  }
  const order = events.map((event, position) => ({ event, position }));
  order.sort((a, b) => a.event.time - b.event.time || a.position - b.position);
  return historyOf(order.map(({ event }) => event));
}

interface Shape {
  readonly f: string;
  readonly workload: string;
  readonly key?: string;
  readonly input: Json;
  readonly output: Json;
}

function registerOperation(draw: () => number, outcome: string): Shape {
  const key = `r${Math.floor(draw() * 10)}`;
  const value = Math.floor(draw() * 1_000);
  const kind = draw();
  if (kind < 0.5) return { f: 'read', workload: 'register', key, input: null, output: outcome === 'ok' ? value : null };
  if (kind < 0.8) return { f: 'write', workload: 'register', key, input: value, output: value };
  return {
    f: 'cas',
    workload: 'register',
    key,
    input: [value, (value + 7) % 1_000],
    output: [value, (value + 7) % 1_000],
  };
}

function bankOperation(draw: () => number, id: number, outcome: string): Shape {
  if (draw() < 0.5) {
    const transfer = {
      id,
      from: Math.floor(draw() * 10),
      to: Math.floor(draw() * 10),
      amount: 1 + Math.floor(draw() * 20),
    };
    return {
      f: 'transfer',
      workload: 'bank',
      input: transfer,
      output: { ...transfer, outcome: draw() < 0.9 ? 'applied' : 'refused' },
    };
  }
  const accounts = (value: () => number) =>
    Object.fromEntries(Array.from({ length: 10 }, (_, account) => [account, value()]));
  const output = {
    balances: accounts(() => Math.floor(draw() * 200)),
    versions: accounts(() => Math.floor(draw() * 5_000)),
  };
  return { f: 'read', workload: 'bank', input: null, output: outcome === 'ok' ? output : null };
}

/** Very many operations, put straight into columns: one minute, ten processes, reads and writes of ints and bank reads. */
export function bigHistory(operations: number, seed = 7): History {
  const draw = draws(seed);
  const length = operations * 2;
  const text = new TextEncoder().encode(
    JSON.stringify({ balances: { 0: 10, 1: 20, 2: 30 }, versions: { 0: 1, 1: 2, 2: 3 } }),
  );
  const columns = {
    length,
    types: new Uint8Array(length),
    processes: new Int32Array(length),
    times: new Float64Array(length),
    indices: Int32Array.from({ length }, (_, position) => position),
    functions: new Uint16Array(length),
    keys: new Int32Array(length).fill(NONE),
    nodes: new Int16Array(length),
    workloads: new Int16Array(length),
    errors: new Int32Array(length).fill(NONE),
    valueKinds: new Uint8Array(length),
    valuesA: new Int32Array(length),
    valuesB: new Int32Array(length),
    pairs: new Int32Array(length),
    slab: text,
    functionNames: ['read', 'write', 'snapshot'],
    keyNames: ['x', 'y', 'z'],
    nodeNames: ['n1', 'n2', 'n3', 'n4', 'n5'],
    workloadNames: ['register', 'bank'],
    errorTexts: ['timeout'],
  };
  const PROCESSES = 10;
  // Rounds of ten overlapping operations: all are invoked, then all complete.
  for (let operation = 0; operation < operations; operation++) {
    const round = Math.floor(operation / PROCESSES);
    const size = Math.min(PROCESSES, operations - round * PROCESSES);
    const start = round * PROCESSES * 2 + (operation % PROCESSES);
    const end = start + size;
    const f = Math.floor(draw() * 3);
    for (const position of [start, end]) {
      columns.processes[position] = operation % PROCESSES;
      columns.times[position] = Math.round((position / length) * 60 * SECOND + draw() * 100);
      columns.functions[position] = f;
      columns.nodes[position] = operation % 5;
      columns.workloads[position] = f === 2 ? 1 : 0;
      if (f < 2) columns.keys[position] = operation % 3;
    }
    columns.types[start] = INVOKE;
    columns.types[end] = draw() < 0.97 ? OK : draw() < 0.7 ? FAIL : INFO;
    columns.valueKinds[start] = f === 1 ? VALUE_INT : VALUE_NULL;
    columns.valueKinds[end] = f === 2 ? VALUE_RAW : VALUE_INT;
    columns.valuesA[start] = columns.valuesA[end] = f === 2 ? 0 : Math.floor(draw() * 1_000_000);
    columns.valuesB[end] = f === 2 ? text.length : 0;
    columns.pairs[start] = end;
    columns.pairs[end] = start;
  }
  columns.times.sort();
  return new History(columns);
}
