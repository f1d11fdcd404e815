import type { Checker } from '../../checkers/checker.js';
import type { CheckerSource } from '../checking/source.js';
import type { Workload } from '../../workloads/workload.js';
import type { Model } from '../../checkers/model.js';
import type { History } from '../history/history.js';
import type { Json } from '../history/operation.js';
import { elementsOf, nameOf } from '../history/values/literal.js';
import { UserError } from '../kit/errors.js';
import { suggestion } from '../kit/suggest.js';
import { checkers, consistencyModels, linearizable, models, workloads } from '../registry.js';

/** Who judges a bare history, and against which consistency model where that was asked for. */
export interface Judges {
  readonly checkers: readonly Checker[];
  /** How a thread finds each of them. */
  readonly sources: readonly CheckerSource[];
  /** Which of them have to be decided for a verdict: those that were asked for. The others can only find violations. */
  readonly required: readonly boolean[];
  readonly consistency?: string;
  /** How the choice was made, for the terminal. */
  readonly because: string;
}

/** What `faultline check` was told about a history. */
export interface Question {
  /** A sequential specification (`cas-register`), or a consistency model (`serializable`). */
  readonly model?: string;
  /** A workload or checker (`bank`, `list-append`, `set-full`). */
  readonly workload?: string;
  readonly consistency?: string;
}

/** Events looked at to tell what a history is about. */
const LOOKED_AT = 10_000;

/** Names that other tools give to the same thing. */
const ALIASES: Readonly<Record<string, string>> = {
  append: 'list-append',
  wr: 'rw-register',
  'cas-registers': 'cas-register',
  'linearizable-register': 'cas-register',
};

const REGISTERS: readonly string[] = ['register', 'cas-register'];

/** Chooses by `--workload`, else by `--model`, else by the operations in the history. */
export function judgesFor(question: Question, history: History): Judges {
  const { model, workload, consistency } = question;
  const isConsistency = model !== undefined && consistencyModels.has(model);
  const asked = consistency ?? (isConsistency ? model : undefined);
  const against = asked === undefined ? {} : { consistency: asked };
  if (asked !== undefined && !consistencyModels.has(asked)) {
    throw new UserError(`unknown consistency model ${asked}${suggestion(asked, [...consistencyModels])}`);
  }
  if (model !== undefined && !isConsistency) checkersNamed(model, '--model');
  const judges = (named: readonly Named[], because: string): Judges => ({
    checkers: named.map(({ checker }) => checker),
    sources: named.map(({ source }) => source),
    required: named.map(({ required = true }) => required),
    ...against,
    because,
  });
  if (workload !== undefined) return judges(checkersNamed(workload, '--workload', asked), `--workload ${workload}`);
  // A linearizable register is asked for by its model; the consistency model of that name leaves the choice to the history.
  if (model !== undefined && !isConsistency) {
    const kind = REGISTERS.includes(ALIASES[model] ?? model) && transactionsOnly(history) && transactionKind(history);
    // Linearizable registers whose operations are transactions are what strict serializability means.
    return kind
      ? judges(checkersNamed(kind, 'operations', asked), `--model ${model}, of transactions`)
      : judges(checkersNamed(model, '--model'), `--model ${model}`);
  }
  const guess = guessFrom(history);
  return judges(checkersNamed(guess, 'operations', asked), `its operations look like ${guess}`);
}

interface Named {
  readonly checker: Checker;
  readonly source: CheckerSource;
  readonly required?: boolean;
}

function checkersNamed(given: string, flag: string, asked?: string): readonly Named[] {
  const name = ALIASES[given] ?? given;
  const workload = workloads.find((each) => each.name === name);
  // `queue` is both a sequential specification and a checker of its own: --model means the one, --workload the other.
  if (flag !== '--model' && workload) return ofWorkload(workload, asked);
  const specified = models
    .filter((model) => model.name === name)
    .map((model): Named => ({ checker: linearizable(model as Model<unknown>), source: { what: 'model', name } }));
  const direct = checkers
    .filter((checker) => checker.name === name)
    .map((checker): Named => ({ checker, source: { what: 'checker', name } }));
  const found = flag === '--model' ? [specified, direct] : [direct, specified];
  const chosen = found.find((each) => each.length > 0);
  if (chosen) return chosen;
  if (workload) return ofWorkload(workload, asked);
  const known = [...new Set([...models, ...workloads, ...checkers].map((each) => each.name))];
  const alsoConsistency = flag === '--model' ? [...known, ...consistencyModels] : known;
  throw new UserError(`${flag} ${given}: unknown${suggestion(given, alsoConsistency)}`);
}

/** The checkers of a workload, without those that decide nothing unless a model was asked for that promises it. */
function ofWorkload({ name, checkers: those }: Workload, asked: string | undefined): readonly Named[] {
  return those({}).flatMap(({ checker, required }, place): readonly Named[] => {
    const source: CheckerSource = { what: 'workload', name, options: {}, place };
    if (checker.decidesUnder === undefined) return [{ checker, source, required }];
    return checker.decidesUnder(asked) ? [{ checker, source, required: true }] : [];
  });
}

/** Which judge the operations of a history call for; the most telling operation decides. */
function guessFrom(history: History): string {
  const has = (f: string) => history.functionId(f) >= 0;
  if (has('transfer')) return 'bank';
  if (has('order') || has('stock-take')) return 'inventory';
  if (has('acquire')) return 'mutex';
  if (has('generate')) return 'unique-ids';
  if (has('enqueue')) return has('drain') ? 'total-queue' : 'queue';
  if (has('txn')) return transactionKind(history);
  if (has('insert')) return 'write-skew';
  if (has('inc')) return 'monotonic';
  if (has('get') || has('put')) return 'kv';
  if (holdsTransactions(history)) return 'long-fork';
  if (has('write') || has('cas')) return 'cas-register';
  if (has('add')) return readsAreLists(history) ? 'set-full' : 'counter';
  const names = history.columns.functionNames.join(', ') || 'none';
  throw new UserError(`cannot tell what to check from the operations (${names}); say --model or --workload`);
}

function transactionsOnly({ columns }: History): boolean {
  const transaction = columns.functionNames.indexOf('txn');
  const { functions, processes, length } = columns;
  for (let at = 0; at < length; at++) if (processes[at] >= 0 && functions[at] !== transaction) return false;
  return transaction >= 0;
}

function transactionKind(history: History): string {
  const micro = firstValue(history, (value) => Array.isArray(value) && value.some((each) => isMicro(each, 'append')));
  return micro === undefined ? 'rw-register' : 'list-append';
}

function holdsTransactions(history: History): boolean {
  return firstValue(history, (value) => Array.isArray(value) && value.some((each) => isMicro(each, 'r'))) !== undefined;
}

function readsAreLists(history: History): boolean {
  return firstValue(history, (value) => elementsOf(value) !== undefined) !== undefined;
}

function isMicro(value: Json, f: string): boolean {
  return Array.isArray(value) && nameOf((value as readonly Json[])[0]) === f;
}

function firstValue(history: History, wanted: (value: Json) => boolean): Json | undefined {
  const looked = Math.min(history.length, LOOKED_AT);
  for (let at = 0; at < looked; at++) {
    const value = history.value(at);
    if (wanted(value)) return value;
  }
  return undefined;
}
