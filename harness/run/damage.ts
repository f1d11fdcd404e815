import { type History, NEMESIS, NONE } from '../history/history.js';
import type { EventType } from '../history/operation.js';
import { type Count, newCount } from './counters.js';
import { countedIn } from './doubts.js';

const TYPES: readonly EventType[] = ['invoke', 'ok', 'fail', 'info'];

/**
 * What is missing from a run's own journal, or undefined where nothing is. Every event has the next index, and as many
 * operations are recorded as the drivers say they drove. From what is left of a journal with holes nothing follows, not
 * even a violation: the write that explains a read may be what is missing. A journal that was cut short has no holes, and
 * its beginning proves what it shows.
 */
export function damageOf(history: History): string | undefined {
  return holesIn(history) ?? miscountOf(history);
}

function holesIn(history: History): string | undefined {
  const { indices } = history.columns;
  let missing = 0;
  let first = 0;
  for (let position = 0, expected = 0; position < history.length; position++, expected++) {
    const gap = indices[position] - expected;
    if (gap === 0) continue;
    if (missing === 0) first = expected;
    missing += gap;
    expected = indices[position];
  }
  if (missing === 0) return undefined;
  const of = (history.length + missing).toLocaleString('en-US');
  return `the journal has holes: ${missing.toLocaleString('en-US')} of ${of} events are missing, the first of them event ${first}`;
}

function miscountOf(history: History): string | undefined {
  const counted = asObject(countedIn(history));
  if (counted === undefined) return undefined;
  const recorded = recordedIn(history);
  const clients = asObject(counted['clients']) ?? {};
  for (const name of new Set([...Object.keys(clients), ...recorded.clients.keys()])) {
    const who = name === '' ? 'clients' : `clients of ${name}`;
    const difference = differenceOf(who, clients[name], recorded.clients.get(name));
    if (difference !== undefined) return difference;
  }
  return differenceOf('the nemesis', counted['nemesis'], recorded.nemesis);
}

function differenceOf(who: string, counted: unknown, recorded: Count = newCount()): string | undefined {
  const count = asObject(counted) ?? {};
  const type = TYPES.find((each) => (count[each] ?? 0) !== recorded[each]);
  if (type === undefined) return undefined;
  const what = type === 'invoke' ? 'operations invoked' : `operations that ended with ${type}`;
  return `the journal is not what happened: ${who} counted ${String(count[type] ?? 0)} ${what}, and it has ${recorded[type]}`;
}

function recordedIn(history: History): { readonly clients: ReadonlyMap<string, Count>; readonly nemesis: Count } {
  const { types, processes, workloads, workloadNames, pairs } = history.columns;
  const nemesis = newCount();
  const nameless = newCount();
  const named = workloadNames.map(newCount);
  for (let position = 0; position < history.length; position++) {
    const type = TYPES[types[position]];
    if (processes[position] === NEMESIS) {
      // Marks of phases and notes belong to no operation.
      if (type === 'invoke' || pairs[position] !== NONE) nemesis[type]++;
      continue;
    }
    const workload = workloads[position];
    (workload === NONE ? nameless : named[workload])[type]++;
  }
  const clients = new Map(workloadNames.map((name, at) => [name, named[at]]));
  if (TYPES.some((type) => nameless[type] > 0)) clients.set('', nameless);
  return { clients, nemesis };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
