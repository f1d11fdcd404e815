import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventInput, historyOf } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { workFindings } from './work.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

const MS = 1e6;

interface Count {
  readonly packets?: number;
  readonly strange?: readonly string[];
}

/** A reading of the counters that took a millisecond. */
function mark(ms: number, nodes: Readonly<Record<string, Count>>): EventInput {
  const rows = Object.entries(nodes).map(([node, count]) => ({ node, strange: [], ...count }) as Json);
  return {
    process: 'nemesis',
    type: 'info',
    f: 'work',
    value: { askedTime: ms * MS, nodes: rows },
    time: (ms + 1) * MS,
  };
}

function operation(process: number, node: string, from: number, to: number, type: EventInput['type'] = 'ok') {
  const common = { process, node, f: 'read', value: 1 };
  return [
    { ...common, type: 'invoke', time: from * MS },
    { ...common, type, time: to * MS },
  ] as EventInput[];
}

const findings = (...events: readonly (EventInput | readonly EventInput[])[]) =>
  workFindings(historyOf(events.flat().sort((a, b) => Number(a.time) - Number(b.time))));

const busy = (node: string, count: number, process = 0) =>
  Array.from({ length: count }, (_, at) => operation(process, node, 10 + 2 * at, 11 + 2 * at)).flat();

describe('proof of work', () => {
  it('is content where a packet at least came for each operation', () => {
    const found = findings(mark(0, { n1: { packets: 5 } }), busy('n1', 3), mark(90, { n1: { packets: 8 } }));
    expect(found).toEqual({ reasons: [], details: [{ node: 'n1', acknowledged: 3, packets: 3 }], counted: true });
  });

  it('tells a node that acknowledged what never reached it', () => {
    const found = findings(mark(0, { n2: { packets: 5 } }), busy('n2', 34), mark(90, { n2: { packets: 7 } }));
    expect(found.reasons).toEqual(['n2 acknowledged 34 operations, but only 2 packets from clients reached it']);
  });

  it('tells sessions that all went to one node, node by node', () => {
    const before = { n1: { packets: 0 }, n2: { packets: 0 } };
    const after = { n1: { packets: 20 }, n2: { packets: 1 } };
    const found = findings(mark(0, before), busy('n1', 9), busy('n2', 9, 1), mark(90, after));
    expect(found.reasons).toEqual(['n2 acknowledged 9 operations, but only 1 packet from clients reached it']);
  });

  it('holds nothing against a reading that came before the request, or at the same time', () => {
    const early = operation(0, 'n1', 0.5, 5);
    const late = operation(1, 'n1', 50, 90.5);
    const found = findings(mark(0, { n1: { packets: 3 } }), early, late, mark(90, { n1: { packets: 3 } }));
    expect(found.reasons).toEqual([]);
  });

  it('counts only what was acknowledged', () => {
    const refused = operation(0, 'n1', 5, 6, 'fail');
    const unknown = operation(1, 'n1', 5, 6, 'info');
    expect(
      findings(mark(0, { n1: { packets: 3 } }), refused, unknown, mark(90, { n1: { packets: 3 } })).reasons,
    ).toEqual([]);
  });

  it('compares a node that joined with nothing before', () => {
    const found = findings(mark(0, {}), busy('n6', 3), mark(90, { n6: { packets: 2 } }));
    expect(found.reasons).toEqual(['n6 acknowledged 3 operations, but only 2 packets from clients reached it']);
  });

  it('compares nothing that could not be counted, and says so', () => {
    const found = findings(mark(0, { n1: { packets: 3 } }), busy('n1', 3), mark(90, { n1: {} }));
    expect(found).toMatchObject({ reasons: [], counted: false });
    const failed: EventInput = { ...mark(90, {}), value: { askedTime: 90 * MS, error: 'no answer in 30 s' } };
    expect(findings(mark(0, { n1: { packets: 3 } }), failed).reasons).toEqual([
      'what reached the nodes could not be counted: no answer in 30 s',
    ]);
  });

  it('tells counters that go back, and rules that somebody else made', () => {
    const rule = '-A INPUT -p udp -j DROP';
    const found = findings(
      mark(0, { n1: { packets: 9, strange: [rule] } }),
      mark(90, { n1: { packets: 2, strange: [rule] } }),
    );
    expect(found.reasons).toEqual([
      'the count of packets that reached n1 went back from 9 to 2: somebody else changed its firewall',
      `somebody else changed the network of n1: ${rule} (seen before the warm-up)`,
    ]);
  });

  it('never doubts a run whose every operation sent a packet, and always one whose last node got too few', () => {
    const run = fc.array(
      fc.record({ node: fc.nat(2), from: fc.integer({ min: 2, max: 80 }), lasts: fc.integer({ min: 1, max: 9 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(run, fc.nat(3), (given, missing) => {
        const operations = given.map(({ node, from, lasts }, at) => operation(at, `n${node + 1}`, from, from + lasts));
        const counts = [0, 1, 2].map((node) => given.filter((each) => each.node === node).length);
        const nodes = (packets: readonly number[]) =>
          Object.fromEntries(packets.map((count, node) => [`n${node + 1}`, { packets: count }]));
        const start = mark(0, nodes([0, 0, 0]));
        expect(findings(start, ...operations, mark(90, nodes(counts))).reasons).toEqual([]);
        const less = Math.min(missing, counts[2]);
        const short = findings(start, ...operations, mark(90, nodes([counts[0], counts[1], counts[2] - less])));
        expect(short.reasons.length).toBe(less === 0 ? 0 : 1);
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});
