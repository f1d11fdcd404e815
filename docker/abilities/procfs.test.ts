import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { living, parseStats } from './procfs.js';

const line = (pid: number, command: string, state: string) =>
  `${pid} (${command}) ${state} 1 9 9 0 -1 4194560 3020 0 0 0 110 23 0 0 20 0 9 0 196410 11833171968 6000 18446744073709551615 1 1 0 0`;

describe('/proc/<pid>/stat', () => {
  it('sums user and system time and takes the start time', () => {
    expect(parseStats(line(9, 'etcd', 'S'))).toEqual([
      { pid: 9, command: 'etcd', state: 'S', cpuTicks: 133, startTicks: 196410 },
    ]);
  });

  it('counts fields from the last parenthesis of a name that has its own', () => {
    const [found] = parseStats(line(12, 'a) R 1 (b', 'T'));
    expect(found).toMatchObject({ pid: 12, command: 'a) R 1 (b', state: 'T', startTicks: 196410 });
  });

  it('leaves out torn lines', () => {
    expect(parseStats(`\n12 (et\n13 (etcd) S 1 2\n${line(14, 'etcd', 'R')}`).map(({ pid }) => pid)).toEqual([14]);
  });

  it.skipIf(process.platform !== 'linux')('reads this very process', () => {
    const [found] = parseStats(readFileSync('/proc/self/stat', 'utf8'));
    expect(found?.pid).toBe(process.pid);
    expect(found?.startTicks).toBeGreaterThan(0);
  });
});

describe('living processes', () => {
  it('are those of the database that are not dead', () => {
    const all = parseStats(
      [line(1, 'etcd', 'S'), line(2, 'etcd', 'Z'), line(3, 'sh', 'R'), line(4, 'etcd', 'T')].join('\n'),
    );
    expect(living(all, ['etcd']).map(({ pid }) => pid)).toEqual([1, 4]);
  });

  it('match by the 15 characters the kernel keeps', () => {
    expect(living(parseStats(line(1, 'a-very-long-nam', 'S')), ['a-very-long-name-indeed'])).toHaveLength(1);
  });
});
