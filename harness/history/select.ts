import { COLUMNS } from './columns.js';
import { History, NEMESIS, NONE } from './history.js';

/**
 * The events at which `keep` says yes, in order. Indices, times, names and the slab stay those of the whole; a partner
 * that is left out becomes NONE. Linear time; `keep` is asked once a position.
 */
export function select(history: History, keep: (position: number) => boolean): History {
  const { columns, length } = history;
  const wanted = new Uint8Array(length);
  let kept = 0;
  for (let position = 0; position < length; position++) {
    if (!keep(position)) continue;
    wanted[position] = 1;
    kept++;
  }
  if (kept === length) return history;
  const positions = new Int32Array(kept);
  const placeOf = new Int32Array(length).fill(NONE);
  for (let position = 0, place = 0; position < length; position++) {
    if (wanted[position] === 0) continue;
    placeOf[position] = place;
    positions[place++] = position;
  }
  const taken = { ...columns, length: kept, pairs: new Int32Array(kept) };
  for (const name of COLUMNS) Object.assign(taken, { [name]: gather(columns[name], positions, kept) });
  for (let place = 0; place < kept; place++) {
    const partner = columns.pairs[positions[place]];
    taken.pairs[place] = partner === NONE ? NONE : placeOf[partner];
  }
  return new History(taken, history.origin);
}

/** The client operations of one workload; of a history that names no workloads, all client operations. */
export function selectWorkload(history: History, name: string): History {
  const { processes, workloads, workloadNames } = history.columns;
  if (workloadNames.length === 0) return withoutNemesis(history);
  const wanted = workloadNames.indexOf(name);
  if (wanted === NONE) return select(history, () => false);
  return select(history, (position) => workloads[position] === wanted && processes[position] !== NEMESIS);
}

/** Client operations only. */
export function withoutNemesis(history: History): History {
  const { processes } = history.columns;
  return select(history, (position) => processes[position] !== NEMESIS);
}

/** Nemesis events only. */
export function onlyNemesis(history: History): History {
  const { processes } = history.columns;
  return select(history, (position) => processes[position] === NEMESIS);
}

type Column = Uint8Array | Int16Array | Uint16Array | Int32Array | Float64Array;

function gather(column: Column, positions: Int32Array, length: number): Column {
  switch (column.BYTES_PER_ELEMENT) {
    case 1:
      return gatherInto(column, new Uint8Array(length), positions);
    case 2:
      return gatherInto(
        column,
        column instanceof Uint16Array ? new Uint16Array(length) : new Int16Array(length),
        positions,
      );
    case 8:
      return gatherInto(column, new Float64Array(length), positions);
    default:
      return gatherInto(column, new Int32Array(length), positions);
  }
}

function gatherInto(column: Column, into: Column, positions: Int32Array): Column {
  for (let place = 0; place < into.length; place++) into[place] = column[positions[place]];
  return into;
}
