import type { Json } from '../../../harness/history/operation.js';
import { type Evidence, type Listed, PROVEN, type Proof, type Prove, unproven } from '../evidence.js';
import { identity, same } from '../identity.js';
import { answerOf, areAllListed, attemptsOf, isOption } from './attempts.js';

const INITIAL = 'initial';

/** What an operation shows of its register before it; undefined where it shows nothing. */
function seenBy(one: Listed): Json | undefined {
  const { f, value } = one.invocation;
  if (one.outcome !== 'ok') return undefined;
  if (f === 'read' || f === 'get') return answerOf(one);
  return f === 'cas' && Array.isArray(value) ? (value[0] as Json) : undefined;
}

function writtenBy({ invocation: { f, value } }: Listed): Json | undefined {
  if (f === 'write' || f === 'put') return value;
  return f === 'cas' && Array.isArray(value) ? (value[1] as Json) : undefined;
}

/** The value of the register before any write, where the evidence names it. */
function initialOf({ premises }: Evidence): Json | undefined {
  const premise = premises.find((each) => each.fact === 'initial');
  return premise?.fact === 'initial' ? premise.value : undefined;
}

/** A read shows a value that is not the first one and that nobody else can have written by then. */
export const unwrittenInRegister: Prove = (evidence) => {
  const initial = initialOf(evidence);
  const isFromNowhere = evidence.operations.some((one) => {
    const seen = seenBy(one);
    const { key } = one.invocation;
    if (seen === undefined || initial === undefined || same(seen, initial)) return false;
    if (!areAllListed(evidence, key, seen)) return false;
    return attemptsOf(evidence, key, seen).every(
      (other) => other === one || other.outcome === 'fail' || other.invokedAt > one.completedAt,
    );
  });
  return isFromNowhere ? PROVEN : unproven('each value that a read shows may have been written');
};

/** One register: what its operations show, each value telling its only write. */
class Register {
  readonly operations: readonly Listed[];

  constructor(
    private readonly evidence: Evidence,
    private readonly key: string | undefined,
  ) {
    this.operations = evidence.operations.filter(({ invocation }) => invocation.key === key);
  }

  /** The version that a value tells of, or undefined where it may be of several writes. */
  version(value: Json): string | undefined {
    const initial = initialOf(this.evidence);
    const isFirst = initial !== undefined && same(value, initial);
    if (!areAllListed(this.evidence, this.key, value)) return undefined;
    const writes = attemptsOf(this.evidence, this.key, value).filter(({ outcome }) => outcome !== 'fail').length;
    if (isFirst) return writes === 0 ? INITIAL : undefined;
    return writes === 1 ? identity(value) : undefined;
  }

  seen(one: Listed): string | undefined {
    const value = seenBy(one);
    return value === undefined ? undefined : this.version(value);
  }

  written(one: Listed): string | undefined {
    const value = writtenBy(one);
    return value === undefined || one.outcome === 'fail' ? undefined : this.version(value);
  }

  /** Position by which a version had certainly taken effect. */
  effective(version: string): number {
    if (version === INITIAL) return Number.NEGATIVE_INFINITY;
    const shown = this.operations.filter(
      (one) => one.outcome === 'ok' && (this.written(one) === version || this.seen(one) === version),
    );
    return Math.min(Number.POSITIVE_INFINITY, ...shown.map(({ completedAt }) => completedAt));
  }
}

function registersOf(evidence: Evidence): Register[] {
  const keys = new Set(evidence.operations.map(({ invocation }) => invocation.key));
  return [...keys].map((key) => new Register(evidence, key));
}

/** A read shows a version, though another that began after it had taken effect had done so before the read began. */
export const staleRead: Prove = (evidence) => {
  const isStale = registersOf(evidence).some((register) =>
    register.operations.some((read) => {
      const version = register.seen(read);
      if (version === undefined || writtenBy(read) !== undefined) return false;
      const since = register.effective(version);
      return register.operations.some((write) => {
        const newer = register.written(write);
        if (newer === undefined || newer === version) return false;
        return write.invokedAt > since && register.effective(newer) < read.invokedAt;
      });
    }),
  );
  return isStale ? PROVEN : unproven('no read is behind a version that had replaced what it shows');
};

/** No order of a register's versions satisfies what its sessions rely on. */
export const brokenSession: Prove = (evidence) => {
  const wanted = evidence.kind === 'session-order' ? evidence.rulesOut.join(' with ').split(' with ') : [evidence.kind];
  const isBroken = registersOf(evidence).some((register) => isCyclic(edgesOf(evidence, register, wanted)));
  return isBroken ? PROVEN : cycleMissing;
};

const cycleMissing: Proof = unproven('some order of the versions satisfies every session');

type Edge = readonly [from: string, to: string];

function edgesOf(evidence: Evidence, register: Register, wanted: readonly string[]): Edge[] {
  const edges: Edge[] = [];
  const { operations } = register;
  const isRealtime = isOption(evidence, 'realtime', true) || isOption(evidence, 'realtime', 'true');
  const add = (from: string | undefined, to: string | undefined) => {
    if (from !== undefined && to !== undefined && from !== to) edges.push([from, to]);
  };
  const certainlyWritten = (one: Listed) => {
    const version = register.written(one);
    return version !== undefined && Number.isFinite(register.effective(version)) ? version : undefined;
  };
  for (const b of operations) {
    const [seenAfter, writtenAfter] = [register.seen(b), certainlyWritten(b)];
    add(writtenAfter === undefined ? undefined : INITIAL, writtenAfter);
    const replaced =
      b.invocation.f === 'cas' && Array.isArray(b.invocation.value) ? (b.invocation.value[0] as Json) : undefined;
    if (replaced !== undefined) add(register.version(replaced), writtenAfter);
    for (const a of operations) {
      const [seen, written] = [register.seen(a), register.written(a)];
      if (isRealtime && written !== undefined && register.effective(written) < b.invokedAt) add(written, writtenAfter);
      if (a.outcome !== 'ok' || a.completedAt > b.invokedAt || !areOfOneSession(evidence, a, b)) continue;
      if (wanted.includes('monotonic-reads')) add(seen, seenAfter);
      if (wanted.includes('read-your-writes')) add(written, seenAfter);
      if (wanted.includes('monotonic-writes')) add(written, writtenAfter);
      if (wanted.includes('writes-follow-reads')) add(seen, writtenAfter);
    }
  }
  return edges;
}

function areOfOneSession({ premises }: Evidence, a: Listed, b: Listed): boolean {
  return (
    a.invocation.process === b.invocation.process &&
    premises.some(
      (each) =>
        each.fact === 'session' &&
        each.process === a.invocation.process &&
        each.first <= a.invocation.index &&
        each.last >= b.invocation.index,
    )
  );
}

/** Whether the edges form a circle: those that lead nowhere are taken away until none is left, or all that is left is one. */
function isCyclic(edges: readonly Edge[]): boolean {
  let left = edges;
  for (;;) {
    const starts = new Set(left.map(([from]) => from));
    const next = left.filter(([, to]) => starts.has(to));
    if (next.length === left.length) return left.length > 0;
    left = next;
  }
}
