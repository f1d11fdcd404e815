import { PROVEN, unproven, type Evidence, type Proof } from '../evidence.js';
import type { Edge } from '../graph.js';
import { infer, type Inferred } from './dependencies.js';
import { LEVELS, type Situation, type TimeOrder } from './levels.js';
import { transactionsOf, type Data, type Transaction } from './transactions.js';

/** Situations looked at for one level: beyond that a proof is too long for a witness. */
const MOST_SITUATIONS = 200_000;
const MOST_TRANSACTIONS = 2_000;

/**
 * No execution under any of the models ruled out has these transactions in it. Whatever no read tells is tried both ways:
 * each order in which writers of a key can have followed each other must show what the model forbids.
 */
export function refuteLevels(evidence: Evidence, data: Data): Proof {
  if (evidence.rulesOut.length === 0) return unproven('it rules out no model');
  const transactions = transactionsOf(evidence, data);
  if (transactions.all.length > MOST_TRANSACTIONS) return unproven('too many transactions to prove it anew');
  const inferred = infer(transactions, evidence);
  // Where only the order of sessions was recorded, every level is taken with it.
  const sessions = evidence.premises.some(
    (premise) => premise.fact === 'option' && premise.name === 'realtime' && premise.value === false,
  );
  for (const model of evidence.rulesOut) {
    const level = LEVELS[model];
    if (level === undefined) return unproven(`nothing here says what ${model} forbids`);
    const time = timeEdges(transactions.all, sessions ? 'process' : level.time);
    const outcome = new Search(inferred, time, level.forbids, evidence.hasTime).run();
    if (outcome === 'too long') return unproven('it takes too long to try every order of writes');
    if (outcome === 'possible') return unproven(`an execution under ${model} is left`);
  }
  return PROVEN;
}

function timeEdges(all: readonly Transaction[], order: TimeOrder): Edge[] {
  if (order === 'none') return [];
  const edges: Edge[] = [];
  for (const a of all) {
    for (const b of all) {
      if (!a.committed || !b.committed || a.listed.completedAt >= b.listed.invokedAt) continue;
      if (order === 'realtime' || a.listed.invocation.process === b.listed.invocation.process)
        edges.push([a.number, b.number]);
    }
  }
  return edges;
}

class Search {
  private looked = 0;

  constructor(
    private readonly inferred: Inferred,
    private readonly time: readonly Edge[],
    private readonly forbids: (situation: Situation) => boolean,
    private readonly hasTime: () => boolean,
  ) {}

  run(): 'impossible' | 'possible' | 'too long' {
    const { open, known } = this.inferred;
    return this.search({ ...known, time: this.time }, open);
  }

  private search(start: Situation, unordered: Inferred['open']): 'impossible' | 'possible' | 'too long' {
    let situation = start;
    let open = unordered;
    if (this.broken(situation)) return 'impossible';
    for (let forced = true; forced;) {
      forced = false;
      for (const pair of open) {
        const { key, writers } = pair;
        const [one, other] = [this.with(situation, key, writers), this.with(situation, key, [writers[1], writers[0]])];
        const [oneBroken, otherBroken] = [this.broken(one), this.broken(other)];
        if (this.looked > MOST_SITUATIONS || !this.hasTime()) return 'too long';
        if (oneBroken && otherBroken) return 'impossible';
        if (!oneBroken && !otherBroken) continue;
        situation = oneBroken ? other : one;
        open = open.filter((each) => each !== pair);
        forced = true;
      }
    }
    if (open.length === 0) return 'possible';
    const [{ key, writers }, ...rest] = open;
    const first = this.search(this.with(situation, key, writers), rest);
    return first === 'impossible' ? this.search(this.with(situation, key, [writers[1], writers[0]]), rest) : first;
  }

  private with(situation: Situation, key: string, writers: Edge): Situation {
    const { ww, rw } = this.inferred.ordered(key, writers);
    return { ...situation, ww: [...situation.ww, ...ww], rw: [...situation.rw, ...rw] };
  }

  private broken(situation: Situation): boolean {
    this.looked++;
    return this.forbids(situation);
  }
}
