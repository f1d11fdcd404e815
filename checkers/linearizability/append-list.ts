import type { Json } from '../../harness/history/operation.js';
import { tellApart, type AppendType } from './append-facts.js';
import { AppendStory } from './append-story.js';
import { type Deadline, OutOfBudget } from './budget.js';
import { decideRegister, type Decision } from './decide.js';
import { NEVER, returnsOf, type Partition } from './partition.js';

/** So many ways of telling repeated texts apart are tried, */
const MOST_STORIES = 200;
/** with so many choices in all, and as many again as there are operations; */
const MOST_CHOICES = 400;
/** and in no more than that share of the time: the general search may be quicker. */
const SHARE = 1 / 4;

export type AppendDecision =
  | Extract<Decision, { readonly validity: 'valid' | 'unknown' }>
  /** `ops` are illegal by themselves, or because nothing else wrote what they read. */
  | { readonly validity: 'invalid'; readonly event: number; readonly ops: readonly number[] };

/**
 * Linearizability of a register to which texts are appended, and which is read as a whole. A read tells the write that it
 * goes back to and the order of the appends since, so each append that some read shows is a cas from one value to the
 * next. Any other append is as good as a write of a value that nobody reads: both may stand anywhere but between two
 * operations of which the second still shows what the first did. So the history is legal if and only if a register with
 * compare-and-set is in which every value is new, and for that there is a linear engine (Gibbons & Korach 1997).
 *
 * Where a text was written or appended more than once, a read may tell of one or the other. What contradicts what is
 * certain is excluded; what is left open then is tried, and the history is legal if one way of telling it is.
 *
 * Undefined where a value can be taken apart in more than one way, or too much is left open: the general search must
 * decide.
 */
export function decideAppends(
  partition: Partition,
  type: AppendType,
  initial: Json,
  pairs: Int32Array,
  deadline: Deadline,
  order: 'wanted' | 'unwanted',
): AppendDecision | undefined {
  const told = tellApart(partition, type, initial, deadline);
  if (told === undefined) return undefined;
  if ('unexplained' in told) return invalid(partition, [told.unexplained]);
  const share = deadline.narrowed(deadline.remainingMs * SHARE);
  let stories = 0;
  let choices = 0;
  const decide = (story: AppendStory): AppendDecision | undefined => {
    const doubt = story.settle();
    if (doubt !== undefined && 'contradicting' in doubt) {
      stories++;
      return invalid(partition, doubt.contradicting);
    }
    if (doubt === undefined) {
      if (++stories > MOST_STORIES) return undefined;
      const decision = decideRegister(story.register(), pairs, deadline, order);
      if (decision.validity !== 'invalid') return decision;
      return invalid(partition, story.operationsOn(decision.culprits ?? []));
    }
    for (const choice of doubt) {
      share.check();
      if (stories > MOST_STORIES || ++choices > MOST_CHOICES + partition.count) return undefined;
      const decision = decide(story.with(choice));
      if (decision?.validity !== 'invalid') return decision;
    }
    return invalid(partition, everything(partition));
  };
  try {
    return decide(AppendStory.of(told));
  } catch (error) {
    if (!(error instanceof OutOfBudget) || choices === 0) throw error;
    deadline.check();
    return undefined;
  }
}

function everything({ count }: Partition): number[] {
  return Array.from({ length: count }, (_, op) => op);
}

function invalid(partition: Partition, ops: readonly number[]): AppendDecision {
  const returns = returnsOf(partition);
  const event = ops.reduce((latest, op) => (returns[op] === NEVER ? latest : Math.max(latest, returns[op])), 0);
  return { validity: 'invalid', event, ops: [...new Set(ops)].sort((a, b) => a - b) };
}
