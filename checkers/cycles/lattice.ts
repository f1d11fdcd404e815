import { UserError } from '../../harness/kit/errors.js';
import { ANOMALY_IMPLIES, MODELS } from './taxonomy.js';

const ALIASES = new Map(
  Object.entries(MODELS).flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((alias) => [alias, name])),
);

/** Everything reachable, the start included. */
function closure(start: string, next: (name: string) => readonly string[]): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const name of reached) for (const other of next(name)) reached.add(other);
  return reached;
}

function memoized<T>(compute: (name: string) => T): (name: string) => T {
  const results = new Map<string, T>();
  return (name) => {
    const known = results.get(name);
    if (known !== undefined) return known;
    const result = compute(name);
    results.set(name, result);
    return result;
  };
}

const impliedAnomalies = memoized((name) => closure(name, (anomaly) => ANOMALY_IMPLIES.get(anomaly) ?? []));
const impliedModels = memoized((name) => closure(name, (model) => MODELS[model].implies));
const directlyForbidden = memoized(
  (model) => new Set([...impliedModels(model)].flatMap((weaker) => MODELS[weaker].forbids)),
);

/** Whether every case of anomaly `a` is a case of anomaly `b`. */
export function implies(a: string, b: string): boolean {
  return impliedAnomalies(a).has(b);
}

/** The name used here of a consistency model; aliases such as PL-3 are understood. */
export function modelNamed(name: string): string {
  const model = ALIASES.get(name);
  if (model !== undefined) return model;
  const known = Object.keys(MODELS).filter((candidate) => forbidsAnything(candidate));
  throw new UserError(`unknown consistency model "${name}"; use one of ${known.join(', ')}`);
}

/** Whether a model forbids an anomaly, directly or by what the anomaly or the model implies. */
export function forbids(model: string, anomaly: string): boolean {
  const forbidden = directlyForbidden(model);
  for (const implied of impliedAnomalies(anomaly)) if (forbidden.has(implied)) return true;
  return false;
}

/** Whether model `stronger` promises all that `weaker` does. */
export function atLeast(stronger: string, weaker: string): boolean {
  return impliedModels(stronger).has(weaker);
}

export interface Boundary {
  /** The weakest models that the anomalies rule out. */
  readonly not: readonly string[];
  /** Stronger ones that fall with them. */
  readonly alsoNot: readonly string[];
  /** The strongest models that the anomalies leave standing, of those that anomalies can decide. */
  readonly strongest: readonly string[];
}

/** Where a set of anomalies cuts the lattice of models. */
export function boundary(anomalies: Iterable<string>): Boundary {
  const found = [...anomalies];
  const names = Object.keys(MODELS);
  const impossible = names.filter((model) => found.some((anomaly) => forbids(model, anomaly)));
  const possible = names.filter((model) => !impossible.includes(model) && forbidsAnything(model));
  const not = impossible.filter((model) => !impossible.some((other) => other !== model && atLeast(model, other)));
  return {
    not: not.sort(),
    alsoNot: impossible.filter((model) => !not.includes(model)).sort(),
    strongest: possible.filter((model) => !possible.some((other) => other !== model && atLeast(other, model))).sort(),
  };
}

/** Models that some anomaly rules out: the ones a verdict about transactions can speak of. */
export function forbidsAnything(model: string): boolean {
  return directlyForbidden(model).size > 0;
}
