import type { Evidence, FaultRecord, Phase, PhaseName, WindowCounts } from './faults.js';
import { FAIL, type History, INFO, INVOKE, NEMESIS, NONE, OK } from './history.js';
import type { Json, Operation } from './operation.js';
import { recoveriesAfter, slowestOf } from './recovery.js';
import { withoutNemesis } from './select.js';

const PHASES: readonly PhaseName[] = ['warm-up', 'faults', 'recovery', 'final'];

/**
 * Joins the nemesis' events to one record a fault. A journal that was cut short gives faults without completion,
 * without heal or without evidence; they are recorded as such: never effective, never healed.
 */
export function faultsOf(history: History): readonly FaultRecord[] {
  const clients = withoutNemesis(history);
  const drafts = new Map<number, Draft>();
  for (let position = 0; position < history.length; position++) {
    if (history.columns.processes[position] !== NEMESIS) continue;
    const event = history.event(position);
    const value = asObject(event.value);
    const id = value?.['id'];
    if (value === undefined || typeof id !== 'number') continue;
    if (event.f === 'heal') noteHeal(drafts.get(id), event, value);
    else noteInjection(drafts, id, event, value);
  }
  const endTime = history.length === 0 ? 0 : history.columns.times[history.length - 1];
  return [...drafts.values()].map((draft) => finish(draft, clients, endTime));
}

/** How many faults of each kind bit, kinds in order of their names: what happened, whatever was asked for. */
export function effectiveByKind(faults: readonly FaultRecord[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const kinds = faults.filter(({ effective }) => effective).map(({ kind }) => kind);
  for (const kind of kinds.sort()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** The run's phases; each ends where the next begins, the last with the history. */
export function phasesOf(history: History): readonly Phase[] {
  const marks: { name: PhaseName; startTime: number }[] = [];
  for (let position = 0; position < history.length; position++) {
    if (history.columns.processes[position] !== NEMESIS) continue;
    const event = history.event(position);
    const name = PHASES.find((phase) => phase === event.value);
    if (event.f === 'phase' && name !== undefined) marks.push({ name, startTime: event.time });
  }
  const endTime = history.length === 0 ? 0 : history.columns.times[history.length - 1];
  return marks.map((mark, at) => ({ ...mark, endTime: marks[at + 1]?.startTime ?? endTime }));
}

/** What the events seen so far tell about a fault. */
interface Draft {
  readonly id: number;
  readonly kind: string;
  request: Readonly<Record<string, Json>>;
  requestedTime: number;
  injectedTime?: number;
  result?: Readonly<Record<string, Json>>;
  healRequestedTime?: number;
  healedTime?: number;
  heal?: Readonly<Record<string, Json>>;
  error?: string;
}

function noteInjection(drafts: Map<number, Draft>, id: number, event: Operation, value: Record<string, Json>): void {
  const draft = drafts.get(id) ?? { id, kind: event.f, request: value, requestedTime: event.time };
  drafts.set(id, draft);
  if (event.type === 'invoke') return;
  draft.result = value;
  if (event.type === 'ok') draft.injectedTime = event.time;
  else draft.error ??= event.error ?? 'injecting failed';
}

function noteHeal(draft: Draft | undefined, event: Operation, value: Record<string, Json>): void {
  if (draft === undefined) return;
  if (event.type === 'invoke') {
    draft.healRequestedTime ??= event.time;
    return;
  }
  draft.heal = value;
  if (event.type === 'ok') draft.healedTime = event.time;
  else draft.error ??= event.error ?? 'healing failed';
}

function finish(draft: Draft, clients: History, endTime: number): FaultRecord {
  const { id, kind, request, requestedTime, injectedTime, healedTime, error } = draft;
  const told = { ...request, ...draft.result };
  const heal = draft.heal ?? {};
  const evidence = evidences(heal['evidence'] ?? told['evidence']);
  const recoveries = healedTime === undefined ? undefined : recoveriesAfter(clients, healedTime);
  const recoveryNs = recoveries && slowestOf(recoveries);
  return {
    id,
    kind,
    target: typeof told['target'] === 'string' ? told['target'] : '',
    order: strings(told['order']),
    ...(asObject(told['options']) && { options: asObject(told['options']) }),
    ...(typeof told['firedBy'] === 'string' && { firedBy: told['firedBy'] }),
    description: typeof told['description'] === 'string' ? told['description'] : kind,
    nodes: strings(told['nodes']),
    requestedTime,
    ...(injectedTime !== undefined && { injectedTime }),
    ...(healedTime !== undefined && { healedTime }),
    leadersBefore: strings(told['leadersBefore']),
    leadersAfter: strings(heal['leadersAfter']),
    evidence,
    // A fault that says it bit and shows nothing for it did not.
    effective: injectedTime !== undefined && heal['effective'] === true && evidence.some(({ bit }) => bit),
    healing: evidences(heal['healing']),
    healed: healedTime !== undefined && heal['healed'] === true,
    window:
      injectedTime === undefined
        ? { inFlight: 0, ok: 0, fail: 0, info: 0 }
        : countWindow(clients, injectedTime, draft.healRequestedTime ?? healedTime ?? endTime),
    ...(recoveries && { recoveries }),
    ...(recoveryNs !== undefined && { recoveryNs }),
    ...(error !== undefined && { error }),
  };
}

/**
 * Client operations in flight when the fault was in place, and completions from then until healing began (not until it
 * was done: while a fault is being taken back it is no longer certain to act).
 */
function countWindow(clients: History, startTime: number, endTime: number): WindowCounts {
  const { types, times, pairs } = clients.columns;
  const counts = { inFlight: 0, ok: 0, fail: 0, info: 0 };
  for (let position = 0; position < clients.length && times[position] <= endTime; position++) {
    const type = types[position];
    if (type === INVOKE) {
      const partner = pairs[position];
      const stillOpen = partner === NONE || times[partner] > startTime;
      if (times[position] <= startTime && stillOpen) counts.inFlight++;
    } else if (times[position] > startTime) {
      if (type === OK) counts.ok++;
      else if (type === FAIL) counts.fail++;
      else if (type === INFO) counts.info++;
    }
  }
  return counts;
}

function asObject(value: Json | undefined): Record<string, Json> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, Json>)
    : undefined;
}

function strings(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

/** Measurements as recorded; one that is not well-formed proves nothing and is dropped. */
function evidences(value: Json | undefined): readonly Evidence[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: Json) => {
    const { what, expected, measured, bit } = asObject(entry) ?? {};
    if (typeof what !== 'string' || typeof bit !== 'boolean') return [];
    return [{ what, expected: String(expected ?? ''), measured: String(measured ?? ''), bit }];
  });
}
