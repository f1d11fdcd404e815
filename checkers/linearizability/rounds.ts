import type { CheckContext } from '../checker.js';
import { type Deadline, timeIsUp, tooMany } from './budget.js';
import { ANOTHER_DECIDES, judgeAll, type Help } from './crew.js';
import type { Judged, Objects } from './objects.js';
import { only } from './some-objects.js';

/** Configurations that an object may have at one moment, round by round: the last one has all that the budget allows. */
const ROUNDS = [10_000, 200_000, Number.POSITIVE_INFINITY];

/**
 * Judges every object, the cheap ones first: each is given up when it gets costly, and taken up again when all others were
 * looked at. So an illegal object is found in about the time that it takes alone, however hard the others are; and that
 * ends the rounds.
 */
export async function judgeInRounds(
  objects: Objects,
  deadline: Deadline,
  context: Pick<CheckContext, 'budget' | 'signal'>,
  help: Help | undefined,
  found: (object: number, judged: Judged) => void,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  let open = Array.from({ length: objects.count }, (_, object) => object);
  for (const most of ROUNDS) {
    const limit = deadline.narrowed(Number.POSITIVE_INFINITY, most);
    const some = only(objects, open);
    const results = await judgeAll(some, limit, context, help, (object, one) => {
      found(open[object], one);
    });
    for (const [at, object] of open.entries()) judged[object] = results[at];
    open = open.filter((object) => judged[object].decision.validity === 'unknown');
    const isDecided = open.length === 0 || judged.some(({ decision }) => decision.validity === 'invalid');
    if (isDecided || deadline.remainingMs <= 0) return judged.map((one) => givenUp(one, limit, deadline));
    if (limit.maxConfigurations === deadline.maxConfigurations) break;
    if (context.signal?.aborted === true) break;
  }
  return judged;
}

/** An object that was to be taken up again, but there was no need, or no time. */
function givenUp(judged: Judged, limit: Deadline, deadline: Deadline): Judged {
  const { decision } = judged;
  if (decision.validity !== 'unknown' || limit.maxConfigurations === deadline.maxConfigurations) return judged;
  if (decision.reason !== tooMany(limit.maxConfigurations)) return judged;
  const reason = deadline.remainingMs > 0 ? ANOTHER_DECIDES : timeIsUp(deadline.timeMs);
  return { ...judged, decision: { ...decision, reason } };
}
