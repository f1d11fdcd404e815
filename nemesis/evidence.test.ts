import { describe, expect, it } from 'vitest';
import type { ProcessStatus } from '../docker/system.js';
import { activeFault } from './active-fault.js';
import {
  cutPairs,
  frozenEvidence,
  killedEvidence,
  rejoinedEvidence,
  runningEvidence,
  stoppedEvidence,
  survivors,
} from './evidence.js';
import { FakeCluster } from './testing/fake-cluster.js';
import { contextOf } from './testing/faults.js';

const process = (changes: Partial<ProcessStatus> = {}): ProcessStatus => ({
  pid: 7,
  command: 'etcd',
  state: 'S',
  cpuTicks: 3,
  startTicks: 100,
  ...changes,
});

describe('a cut pair', () => {
  it('needs drops in both directions between nodes, in one where clients are concerned', () => {
    const both = (a: string, b: string) => [
      { from: a, to: b },
      { from: b, to: a },
    ];
    expect(cutPairs([...both('n2', 'n1'), { from: 'n2', to: 'n3' }, ...both('n1', 'clients')])).toMatchObject([
      { name: 'n1–n2', probes: both('n1', 'n2'), dropsNeeded: 2 },
      { name: 'n2–n3', probes: [{ from: 'n2', to: 'n3' }], dropsNeeded: 1 },
      { name: 'clients–n1', probes: [{ from: 'clients', to: 'n1' }], dropsNeeded: 1 },
    ]);
  });

  it('is not whole again while a rule is left, even one that connections pass', () => {
    const link = { from: 'n1', to: 'n2' };
    const [pair] = cutPairs([link]);
    const probed = [{ ...link, reachable: true }];
    expect(rejoinedEvidence(pair, probed, []).bit).toBe(true);
    expect(rejoinedEvidence(pair, probed, [{ ...link, packets: 0 }]).bit).toBe(false);
    expect(rejoinedEvidence(pair, [], [])).toMatchObject({ measured: 'n1→n2 not probed', bit: false });
  });
});

describe('killed processes', () => {
  const before = [process()];
  const bits = (exit: { code: number } | undefined, now: readonly ProcessStatus[] = []) =>
    killedEvidence('n1', { before, now, exit }).map(({ bit }) => bit);

  it('ended by SIGKILL and no other way', () => {
    expect(bits({ code: 137 })).toEqual([true, true]);
    expect(bits({ code: 143 })).toEqual([true, false]);
    expect(bits(undefined)).toEqual([true, false]);
  });

  it('may leave a zombie, or a successor with the same pid', () => {
    expect(survivors(before, [process({ state: 'Z' })])).toEqual([]);
    expect(survivors(before, [process({ startTicks: 200 })])).toEqual([]);
    expect(survivors(before, [process({ state: 'D' })])).toHaveLength(1);
    expect(bits(undefined, [process({ startTicks: 200 })])).toEqual([true, true]);
  });
});

describe('running after healing', () => {
  it.each<[string, readonly ProcessStatus[], readonly ProcessStatus[], boolean]>([
    ['a process', [process()], [], true],
    ['none', [], [], false],
    ['a zombie', [process({ state: 'Z' })], [], false],
    ['a stopped one', [process(), process({ pid: 8, state: 'T' })], [], false],
    ['the one that was killed', [process()], [process()], false],
    ['a new one', [process({ pid: 9, startTicks: 300 })], [process()], true],
    ['both', [process(), process({ pid: 9, startTicks: 300 })], [process()], false],
  ])('%s', (_, now, killed, bit) => {
    expect(runningEvidence('n1', now, killed).bit).toBe(bit);
  });
});

describe('stopped processes', () => {
  const stopped = process({ state: 'T' });
  it.each<[string, readonly ProcessStatus[], readonly ProcessStatus[], boolean]>([
    ['stopped at both looks', [stopped], [stopped], true],
    ['running at first', [process()], [stopped], false],
    ['running at last', [stopped], [process()], false],
    ['a tick used', [stopped], [process({ state: 'T', cpuTicks: 4 })], false],
    ['another process', [stopped], [process({ state: 'T', startTicks: 200 })], false],
    ['one more process', [stopped], [stopped, process({ pid: 8, state: 'T' })], false],
    ['one less process', [stopped, process({ pid: 8, state: 'T' })], [stopped], false],
    ['none', [], [], false],
  ])('%s', (_, first, second, bit) => {
    expect(stoppedEvidence('n1', first, second).bit).toBe(bit);
  });
});

it('is frozen only if shut at both looks and its CPU clock stands', () => {
  const reading = (frozen: boolean, cpuTimeNs: number) => ({ frozen, cpuTimeNs });
  expect(frozenEvidence('n1', reading(true, 5), reading(true, 5)).bit).toBe(true);
  expect(frozenEvidence('n1', reading(false, 5), reading(true, 5)).bit).toBe(false);
  expect(frozenEvidence('n1', reading(true, 5), reading(false, 5)).bit).toBe(false);
  expect(frozenEvidence('n1', reading(true, 5), reading(true, 6)).bit).toBe(false);
});

it('proves nothing by measuring nothing', async () => {
  const nothing = async () => [];
  const parts = {
    description: '',
    nodes: [],
    leadersBefore: [],
    measure: nothing,
    undo: async () => {},
    verify: nothing,
  };
  const healed = await activeFault(parts, contextOf(new FakeCluster(1))).heal();
  expect(healed).toMatchObject({ effective: false, healed: false });
});
