import { FAIL, type History, INVOKE, NONE, OK } from '../../harness/history/history.js';
import type { Restore } from '../../harness/history/restores.js';
import { isForbidden, modelOf } from '../against.js';
import { type Anomaly, type Checker, type Verdict, worst } from '../checker.js';
import { arrange, type Placed } from './arrange.js';
import { damageOf, type Sighting } from './damage.js';
import { phaseOf, survivalDetails, survivalOf, survivalSentence, type Survival } from './summary.js';
import { endPlace, operationsOf, type TimedOperation } from './timelines.js';

/** What later operations tell of an update: it is there as a whole, not at all, or in part; or nothing is known. */
export type Trace = 'present' | 'absent' | 'partial' | 'unknown';

/** How the traces that updates leave are read. */
export interface Traces {
  /** Whether an acknowledged operation changed anything. */
  isUpdate(history: History, operation: TimedOperation): boolean;
  /**
   * What the operations of one timeline tell of an update made in an earlier one, if each of them shows all that the
   * database holds at some moment of its own.
   */
  read?(history: History, later: readonly TimedOperation[]): (update: TimedOperation) => Trace;
  /** An update without a known outcome that is there counts as done by the time of the backup. */
  readonly confirms?: true;
  /** What reads miss may be there all the same. */
  readonly isStale?: true;
}

/**
 * A judge of any kind, also where the cluster was destroyed and restored. Each timeline has to be valid by itself: what
 * clients saw until the disaster; and what a client would have seen that was there until the backup and then again after
 * the restore. Of the operations begun before the backup's end, those that ended before it began are in that second
 * history as they are; those under way meanwhile (and those whose outcome was unknown by then) may be in it or not, unless
 * what was read later tells which; what was begun after the backup's end is not in it at all: whoever sees it after the
 * restore sees something from nowhere.
 *
 * That is sound: a cluster restored from a consistent backup gives such a history. It is not complete where later reads do
 * not tell what is there: an operation that may be in the backup is then one with an unknown outcome, which may also take
 * effect later.
 *
 * Where the model allows reads of an older state, an update that they miss may have been restored all the same: a node that
 * has yet to catch up answers such reads. It is then unknown, and only what is there proves anything.
 *
 * @param traces by which updates are counted, and looked for after the restore; absent: nothing is told of them
 */
export function surviving(checker: Checker, traces?: Traces): Checker {
  return {
    ...checker,
    async acrossRestores(history, context, restores) {
      const operations = operationsOf(history, restores);
      const timelines: { readonly name: string; readonly verdict: Verdict }[] = [];
      const isFresh = isForbidden(modelOf(context), 'stale-read');
      const survivals: Survival[] = [];
      const damage: Anomaly[] = [];
      let base: readonly Kept[] = [];
      for (let timeline = 0; timeline <= restores.length; timeline++) {
        const own = operations.filter((operation) => operation.timeline === timeline).map(asItWas);
        const all = [...base, ...own];
        const verdict = await checker.check(arrange(history, placed(history, all, restores)), context);
        timelines.push({ name: nameOf(timeline, restores), verdict });
        const restore = restores[timeline];
        if (restore === undefined) break;
        const later = operations.filter((operation) => operation.timeline === timeline + 1);
        const saved = saveBy(history, all, later, restore, isFresh ? (traces ?? SILENT) : mayBeStale(traces ?? SILENT));
        base = saved.kept;
        damage.push(...saved.damage);
        survivals.push(saved.survival);
      }
      return verdictOf(timelines, damage, traces === undefined ? [] : survivals, restores);
    },
  };
}

/** For judges beside others, which count. Whatever has an outcome may have changed something. */
const SILENT: Traces = { isUpdate: () => true };

/** Only what is there tells something, if only in part: the rest may be seen later. */
function mayBeStale(traces: Traces): Traces {
  const whatIsThere = (trace: Trace): Trace => (trace === 'present' || trace === 'partial' ? 'present' : 'unknown');
  return {
    ...traces,
    isStale: true,
    ...(traces.read && {
      read(history, later) {
        const read = traces.read!(history, later);
        return (update) => whatIsThere(read(update));
      },
    }),
  };
}

/** An operation in a history that a backup may have cut off. */
interface Kept {
  readonly operation: TimedOperation;
  /** Ends here at the latest; absent: as it did. */
  readonly endsBy?: number;
  readonly outcome: 'as it was' | 'done' | 'unknown';
}

const asItWas = (operation: TimedOperation): Kept => ({ operation, outcome: 'as it was' });

interface Saved {
  readonly kept: readonly Kept[];
  readonly damage: readonly Anomaly[];
  readonly survival: Survival;
}

/** What of a timeline is in the backup. */
function saveBy(
  history: History,
  all: readonly Kept[],
  later: readonly TimedOperation[],
  restore: Restore,
  traces: Traces,
): Saved {
  const { types } = history.columns;
  const read = traces.read?.(history, later) ?? ((): Trace => 'unknown');
  // What a backup before this one may have left out is not certain any more, whatever was answered once.
  const isAcknowledged = ({ operation: { completion }, outcome }: Kept) =>
    outcome === 'done' || (outcome === 'as it was' && completion !== NONE && types[completion] === OK);
  const hasFailed = ({ completion }: TimedOperation) => completion !== NONE && types[completion] === FAIL;
  const sightings: Sighting[] = [];
  const kept = all.flatMap((one): readonly Kept[] => {
    const { operation } = one;
    const phase = phaseOf(operation, restore);
    const isUpdate = !hasFailed(operation) && (!isAcknowledged(one) || traces.isUpdate(history, operation));
    if (!isUpdate) return phase === 'before' ? [one] : [];
    const trace = read(operation);
    sightings.push({ operation, trace, isAcknowledged: isAcknowledged(one), phase });
    if (phase === 'lost') return [];
    if (phase === 'before' && isAcknowledged(one)) return [one];
    if (trace === 'absent') return [];
    const endsBy = restore.backupEnd;
    const isDone = trace === 'present' && (isAcknowledged(one) || traces.confirms === true);
    return [{ operation, endsBy, outcome: isDone ? 'done' : 'unknown' }];
  });
  const damage = damageOf(history, sightings, restore);
  const counted = survivalOf(
    history,
    all.map(({ operation }) => operation),
    restore,
    (operation) => traces.isUpdate(history, operation),
  );
  const acknowledged = sightings.filter((sighting) => sighting.isAcknowledged);
  const missing = acknowledged.filter(({ phase, trace }) => phase === 'before' && trace === 'absent').length;
  const during = acknowledged.filter(({ phase }) => phase === 'during');
  const isKnown = during.every(({ trace }) => trace !== 'unknown');
  const survivedOfDuring = during.filter(({ trace }) => trace === 'present').length;
  return {
    kept,
    damage,
    survival: {
      ...counted,
      missing,
      ...(traces.isStale && { readsMayBeStale: true }),
      ...(isKnown && during.length > 0 && { survivedOfDuring }),
    },
  };
}

function placed(history: History, all: readonly Kept[], restores: readonly Restore[]): readonly Placed[] {
  const { types } = history.columns;
  return all.flatMap(({ operation, endsBy, outcome }, number): Placed[] => {
    const { invocation, completion, begin } = operation;
    const invoked = { at: begin, source: invocation, type: INVOKE, operation: number };
    if (outcome === 'unknown' || (completion === NONE && outcome === 'as it was')) return [invoked];
    const end = endPlace(operation, restores);
    // What nobody answered may have taken effect later than its client stopped waiting.
    const isOver = completion !== NONE && types[completion] === OK;
    const at = endsBy === undefined || (isOver && end < endsBy) ? end : endsBy;
    const source = completion === NONE ? invocation : completion;
    return [invoked, { at, source, type: outcome === 'done' ? OK : types[source], operation: number }];
  });
}

function nameOf(timeline: number, restores: readonly Restore[]): string {
  if (timeline === 0) return `until the disaster of fault ${restores[0].fault}`;
  return `as restored by fault ${restores[timeline - 1].fault}`;
}

function verdictOf(
  timelines: readonly { readonly name: string; readonly verdict: Verdict }[],
  damage: readonly Anomaly[],
  survivals: readonly Survival[],
  restores: readonly Restore[],
): Verdict {
  const validity = damage.length > 0 ? 'invalid' : worst(timelines.map(({ verdict }) => verdict.validity));
  const found = timelines.flatMap(({ name, verdict }) =>
    verdict.anomalies.map((anomaly) => ({
      ...anomaly,
      explanation: [`Timeline ${name}.`, ...(anomaly.explanation ?? [])],
    })),
  );
  const anomalies = [...damage, ...found];
  const told = survivals.map((survival, at) => survivalSentence(survival, restores[at], validity));
  const last = timelines[timelines.length - 1].verdict;
  const judgement = {
    details: { ...last.details, ...(told.length > 0 && { survival: survivalDetails(survivals, told) }) },
    checked: [
      ...new Set(
        timelines.flatMap(({ name, verdict }) => verdict.checked.map((condition) => `${condition} (${name})`)),
      ),
      ...told,
    ],
    notChecked: [...new Set(timelines.flatMap(({ verdict }) => verdict.notChecked))],
  };
  const [first, ...rest] = anomalies;
  if (validity === 'invalid' && first !== undefined) {
    return { ...judgement, validity: 'invalid', anomalies: [first, ...rest] };
  }
  if (validity === 'valid') return { ...judgement, validity: 'valid', anomalies };
  const reasons = timelines.flatMap(({ name, verdict }) =>
    verdict.validity === 'unknown' ? [`${name}: ${verdict.reason}`] : [],
  );
  return { ...judgement, validity: 'unknown', reason: reasons.join('; '), anomalies };
}
