import { NONE } from '../../../harness/history/history.js';
import { Int32Buffer } from '../../../harness/history/micro-operations/buffers.js';
import { rowsOf } from '../polygraph/closure.js';
import { followers, successors, type TimeOrdering } from '../polygraph/time.js';
import { components } from '../tarjan.js';
import { Part } from './part.js';
import type { Facts } from './facts.js';

/**
 * The parts that have to be decided each on its own: strongly connected by everything that may depend on anything, whatever
 * order writes are given. No cycle leaves such a part, and no path from a part back into it. Ascending; small ones first.
 */
export function knotsOf(facts: Facts, order: TimeOrdering): Int32Array[] {
  const edges = new Int32Buffer(4 * facts.length);
  const link = (from: number, to: number) => {
    if (from === to) return;
    edges.push(from);
    edges.push(to);
  };
  const whole = new Part(
    facts,
    Int32Array.from({ length: facts.length }, (_, member) => member),
  );
  keyByKey(whole, link);
  let nodes = facts.length;
  if (order === 'process') {
    successors(facts).forEach((next, member) => {
      if (next !== NONE) link(member, next);
    });
  } else if (order === 'realtime') {
    // A tick for each invocation, each leading to the next.
    nodes += facts.length;
    followers(facts).forEach((follower, member) => {
      link(facts.length + member, member);
      if (member + 1 < facts.length) link(facts.length + member, facts.length + member + 1);
      if (follower < facts.length) link(member, facts.length + follower);
    });
  }
  const rows = rowsOf(nodes, edges.view());
  const { of, count } = components({ ...rows, relations: new Uint8Array(rows.targets.length) }, ~0);
  const sizes = new Int32Array(count);
  for (let member = 0; member < facts.length; member++) sizes[of[member]]++;
  const knots = new Map<number, number[]>();
  for (let member = 0; member < facts.length; member++) {
    if (sizes[of[member]] < 2) continue;
    const knot = knots.get(of[member]) ?? [];
    knots.set(of[member], knot);
    knot.push(member);
  }
  return [...knots.values()].map((knot) => withSources(facts, knot)).sort((a, b) => a.length - b.length);
}

/** And who wrote what they read, without whom these reads would not count. Ascending. */
function withSources({ owners, eventStarts, events }: Facts, knot: readonly number[]): Int32Array {
  const members = new Set(knot);
  for (const member of knot) {
    for (let event = eventStarts[member]; event < eventStarts[member + 1]; event++)
      if (events[event] < owners.length) members.add(owners[events[event]]);
  }
  return Int32Array.from(members).sort();
}

function keyByKey(whole: Part, link: (from: number, to: number) => void): void {
  for (const { placed, open, readers } of whole.keys()) {
    const next = new Map<number, number>();
    placed.forEach(({ version, member }, i) => {
      if (i + 1 < placed.length) next.set(version, placed[i + 1].member);
      if (i > 0) link(placed[i - 1].member, member);
    });
    // Those of open order may each come before each other: a ring.
    open.forEach(({ member }, i) => link(member, open[(i + 1) % open.length].member));
    const last = placed.at(-1);
    if (last && open.length > 0) link(last.member, open[0].member);
    for (const [version, own] of readers) {
      const initial = version >= whole.facts.owners.length;
      const after = initial ? placed[0]?.member : next.get(version);
      for (const { member, event } of own) {
        const source = whole.sourceOf(event);
        if (source !== undefined) link(source, member);
        if (after !== undefined) link(member, after);
        else if (open.length > 0) link(member, open[0].member);
      }
    }
  }
}
