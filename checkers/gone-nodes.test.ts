import { describe, expect, it } from 'vitest';
import { type EventInput, historyOf } from '../harness/history/builder.js';
import type { Evidence } from '../harness/history/faults.js';
import type { Json } from '../harness/history/operation.js';
import type { Verdict } from './checker.js';
import { goneNodes } from './gone-nodes.js';
import { contextWith } from './testing/script.js';

const SECOND = 1e9;
const nemesis = (second: number, type: EventInput['type'], f: string, value: Json): EventInput => ({
  ...{ process: 'nemesis', type, f, value },
  time: second * SECOND,
});
let processes = 0;
const operation = (from: number, to: number, node: string, type: EventInput['type'] = 'ok'): EventInput[] => {
  const process = processes++;
  return [
    { process, type: 'invoke', f: 'write', value: 1, node, time: from * SECOND },
    { process, type, f: 'write', value: 1, time: to * SECOND },
  ];
};

interface Fault {
  readonly id?: number;
  readonly kind?: string;
  readonly nodes?: readonly string[];
  readonly options?: Json;
  readonly evidence?: readonly Evidence[];
  readonly from?: number;
  readonly to?: number;
}

const bit = (what: string, measured = 'gone', isSo = true): Evidence => ({ what, expected: '', measured, bit: isSo });
const killed = (node: string) => [bit(`processes of ${node}`), bit(`end of ${node}`, 'exit code 137')];

function fault({ id = 1, kind = 'kill', nodes = ['n3'], options, evidence = killed('n3'), from = 10, to = 20 }: Fault) {
  const request = { id, kind, target: 'one', order: [...nodes], ...(options !== undefined && { options }) };
  const healed = { id, effective: true, healing: [], healed: true, leadersAfter: [] };
  return [
    nemesis(from, 'invoke', kind, request),
    nemesis(from, 'ok', kind, {
      ...request,
      description: `${kind} of ${nodes.join(' ')}`,
      nodes: [...nodes],
      leadersBefore: [],
    }),
    nemesis(to, 'invoke', 'heal', { id }),
    nemesis(to + 2, 'ok', 'heal', { ...healed, evidence: evidence as unknown as Json }),
  ];
}

const judge = (...events: readonly EventInput[]) =>
  goneNodes.check(historyOf([...events].sort((a, b) => Number(a.time) - Number(b.time))), contextWith({})) as Verdict;

describe('gone-nodes', () => {
  it('doubts a run in which a node answers that is proven gone, and names the operation and the proof', () => {
    const verdict = judge(...fault({}), ...operation(12, 12.5, 'n3'), ...operation(13, 13.5, 'n3'));
    expect(verdict).toMatchObject({ validity: 'unknown', details: { absences: 1, acknowledged: 2 } });
    expect(verdict.anomalies.map(({ kind }) => kind)).toEqual(['answered-while-gone']);
    expect(verdict.anomalies[0].sentence).toMatch(
      /^The write by process \d+ on n3 was acknowledged at 12\.50 s, as were 1 more, though n3 cannot have answered: fault 1 \(kill of n3\)/,
    );
    expect(verdict.anomalies[0].sentence).toContain('processes of n3: gone; end of n3: exit code 137');
  });

  it.each<[string, Fault]>([
    ['power-loss', { kind: 'power-loss', evidence: [bit('disk of n3'), bit('processes of n3')] }],
    ['pause by signal', { kind: 'pause', evidence: [bit('process state of n3', 'pid 7 T then T, 0 ticks used')] }],
    ['pause of a pod', { kind: 'pause', evidence: [bit('freezer of n3', 'frozen then frozen, 0 ns used')] }],
    ['one node of two', { nodes: ['n2', 'n3'] }],
  ])('counts the times of: %s', (_, asked) => {
    expect(judge(...fault(asked), ...operation(12, 12.5, 'n3')).validity).toBe('unknown');
    expect(judge(...fault(asked), ...operation(12, 12.5, 'n1')).validity).toBe('valid');
    expect(judge(...fault(asked), ...operation(12, 12.5, 'n2')).validity).toBe('valid');
  });

  it.each<[string, Parameters<typeof operation>]>([
    ['begun before the fault', [9, 12, 'n3']],
    ['begun while the fault settled', [10.5, 12, 'n3']],
    ['over after healing began', [15, 20.5, 'n3']],
    ['failed', [12, 13, 'n3', 'fail']],
    ['of unknown outcome', [12, 13, 'n3', 'info']],
  ])('says nothing of an operation that was %s', (_, asked) => {
    expect(judge(...fault({}), ...operation(...asked))).toMatchObject({ validity: 'valid', details: { absences: 1 } });
  });

  it.each<[string, Fault]>([
    ['no evidence', { evidence: [] }],
    [
      'evidence that did not bite',
      { evidence: [bit('processes of n3', 'pid 7 still there', false), bit('end of n3')] },
    ],
    ['evidence of another node', { evidence: killed('n2') }],
    [
      'processes that were replaced at once',
      { evidence: [bit('processes of n3'), bit('end of n3', 'replaced by pid 9')] },
    ],
    ['a kill of some processes', { options: { process: 'postgres' } }],
    ['a kind that starts processes again', { kind: 'crash-loop' }],
    ['a time too short', { from: 10, to: 11 }],
  ])('takes nobody for gone on %s', (_, asked) => {
    const verdict = judge(...fault(asked), ...operation(12, 12.5, 'n3'));
    expect(verdict).toMatchObject({ validity: 'valid', details: { absences: 0 } });
    expect(verdict.notChecked).toHaveLength(1);
  });

  it.each<[string, Fault, number]>([
    ['another kill of the node, healed meanwhile', { id: 2, from: 8, to: 11 }, 0],
    ['a restore of everything', { id: 2, kind: 'backup-restore', nodes: [], from: 12, to: 14 }, 0],
    ['a fault that names no nodes', { id: 2, kind: 'membership', nodes: [], from: 12, to: 14 }, 0],
    ['a partition', { id: 2, kind: 'partition', from: 8, to: 30 }, 1],
    ['a kill of another node', { id: 2, nodes: ['n1'], evidence: [], from: 12, to: 14 }, 1],
    ['a kill long before', { id: 2, from: 1, to: 3, evidence: [] }, 1],
  ])('beside %s', (_, other, absences) => {
    const verdict = judge(
      ...fault({}),
      ...fault({ ...other, evidence: other.evidence ?? [] }),
      ...operation(15, 15.5, 'n3'),
    );
    expect(verdict.details['absences']).toBe(absences);
  });

  it('counts nothing of a fault whose healing was never asked for: its evidence is not known', () => {
    expect(judge(...fault({}).slice(0, 2), ...operation(12, 12.5, 'n3'))).toMatchObject({
      validity: 'valid',
      details: { absences: 0 },
    });
  });
});
