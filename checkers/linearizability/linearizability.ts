import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { type Anomaly, type CheckContext, type Checker, type Verdict, WITNESS_BUDGET_MS } from '../checker.js';
import type { Model } from '../model.js';
import { checkInitial } from '../models/initial.js';
import { notOf } from '../observations.js';
import { judgeAgainst, weakerModel } from '../sequential/against.js';
import { weakerConditions, weakerSentences } from '../sequential/weaker.js';
import { Deadline, OutOfBudget } from './budget.js';
import type { Help } from './crew.js';
import type { Invalid, Objects } from './objects.js';
import { PartitionObjects } from './partition-objects.js';
import { withPremises } from './premises.js';
import { registerKind, RegisterObjects } from './register-objects.js';
import { judgeInRounds } from './rounds.js';
import { unexplained } from './unexplained.js';
import { undecidedVerdict, verdictOf } from './verdict.js';
import { yesOrNo } from '../option-rules.js';

/** Anomalies shown in full; the others are counted. */
const SHOWN_ANOMALIES = 16;
const LEAST_EXPLANATION_MS = 1_000;
const PROGRESS_MS = 1_000;
const NO_TIME = 'there was no time left to find out which of those before it prove that';
/** What else holds is worth so much time. */
const WEAKER_MS = 1_000;
const EXPLANATION_CONFIGURATIONS = 50_000;

/**
 * Linearizability against a model, object by object, each with the quickest engine that is exact for it: zones or
 * chains for registers with unique values, the frontier for other registers, the just-in-time search for any model.
 * Many objects are judged on all cores.
 * Options: those of the model; `order: true` adds a legal order to the details of a valid verdict. Where a weaker
 * consistency model is asked for, that one decides; an invalid verdict tells which weaker ones hold.
 *
 * @param help when other threads join in; by default where there is much to do
 */
export function linearizable<State>(model: Model<State>, help?: Help): Checker {
  return {
    name: 'linearizable',
    summary: `linearizability as a ${model.name}: ${model.summary}`,
    ...(model.blind && { observes: notOf(model.blind) }),
    options: { order: yesOrNo, ...(model.initialValue && { initial: model.initialValue }), ...model.options },
    check: async (history, context) => {
      const weaker = weakerModel(context.consistency);
      const verdict = await check(history, model, context, help);
      const judged =
        weaker !== undefined
          ? judgeAgainst(weaker, verdict, history, model, context)
          : verdict.validity === 'invalid'
            ? withWeaker(verdict, history, model, context)
            : verdict;
      return withPremises(judged, history, model, context.options);
    },
  };
}

/** An invalid verdict, with what holds all the same. */
function withWeaker<State>(
  verdict: Extract<Verdict, { readonly validity: 'invalid' }>,
  history: History,
  model: Model<State>,
  context: CheckContext,
): Verdict {
  const weaker = weakerConditions(history, model, context, Math.min(WEAKER_MS, context.budget.timeMs));
  const [first, ...rest] = verdict.anomalies;
  const explanation = [...(first.explanation ?? []), ...weakerSentences(weaker)];
  return {
    ...verdict,
    details: { ...verdict.details, weaker: weaker as unknown as Json },
    anomalies: [{ ...first, explanation }, ...rest],
    checked: [
      ...verdict.checked,
      ...weaker.holds.map((name) => `${name} (holds)`),
      ...weaker.broken.map((name) => `${name} (broken)`),
    ],
    notChecked: [...verdict.notChecked, ...weaker.undecided],
  };
}

async function check<State>(
  history: History,
  model: Model<State>,
  context: CheckContext,
  help: Help | undefined,
): Promise<Verdict> {
  checkInitial(model, context.options);
  const started = performance.now();
  const deadline = Deadline.of(context);
  let objects: Objects;
  try {
    objects = objectsOf(history, model, context, deadline);
  } catch (error) {
    if (error instanceof OutOfBudget) return undecidedVerdict(model.name, error.message);
    throw error;
  }
  let certain: Anomaly | undefined;
  const judged = await judgeInRounds(objects, deadline, context, help, (object, { decision }) => {
    if (certain !== undefined || decision.validity !== 'invalid') return;
    certain = unexplained(history, objects.name(object), decision, 'its witness is being made');
    context.certain?.(certain);
  });
  const judgingMs = performance.now() - started;
  const budgetMs = Math.min(context.witnessBudgetMs ?? WITNESS_BUDGET_MS, Math.max(0, deadline.remainingMs));
  const limit = new Deadline(budgetMs, EXPLANATION_CONFIGURATIONS, context.signal);
  const anomalies: Anomaly[] = [];
  for (let object = 0; object < judged.length && anomalies.length < SHOWN_ANOMALIES; object++) {
    const { decision } = judged[object];
    if (decision.validity !== 'invalid') continue;
    // The first one may take all the time there is, the others as much as was worth finding them.
    const own = anomalies.length === 0 ? limit : limit.narrowed(Math.max(LEAST_EXPLANATION_MS, 2 * judgingMs));
    anomalies.push(explain(history, objects, object, decision, own, progressOf(context, objects.name(object))));
  }
  return verdictOf(model.name, objects, judged, anomalies, history);
}

/** Says now and then how far the witness of an object is. */
function progressOf({ progress }: CheckContext, name: string | undefined): (operations: number) => void {
  let saidMs = performance.now();
  return (operations) => {
    if (progress === undefined || performance.now() - saidMs < PROGRESS_MS) return;
    saidMs = performance.now();
    const of = name === undefined ? '' : ` of key ${name}`;
    progress(`making the witness${of} small: ${operations.toLocaleString('en-US')} operations left`);
  };
}

/** However little time is left, what was found illegal is told. */
function explain(
  history: History,
  objects: Objects,
  object: number,
  decision: Invalid,
  limit: Deadline,
  left: (operations: number) => void,
): Anomaly {
  try {
    return objects.explain(object, decision, limit, left);
  } catch (error) {
    if (error instanceof OutOfBudget) return unexplained(history, objects.name(object), decision, NO_TIME);
    throw error;
  }
}

/** @throws OutOfBudget before anything is judged */
function objectsOf<State>(history: History, model: Model<State>, context: CheckContext, deadline: Deadline): Objects {
  const order = context.options['order'] === true ? 'wanted' : 'unwanted';
  const kind = registerKind(history, model, context.options);
  if (kind === undefined) return PartitionObjects.of(history, model, context, order, deadline);
  return RegisterObjects.of(history, kind, model, context, order, deadline);
}
