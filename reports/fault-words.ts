import type { FaultRecord, Recovery } from '../harness/history/faults.js';
import { duration, inline } from './text.js';

const MAX_KINDS = 12;
const NEVER = 'not before the end';

/** From heal until every kind of operation succeeded again, then kind by kind: `1.2 s (read 0.3 s, write 1.2 s)`. */
export function recoveryWords({ recoveryNs, recoveries = [] }: Pick<FaultRecord, 'recoveryNs' | 'recoveries'>): string {
  const all = recoveryNs === undefined ? NEVER : duration(recoveryNs);
  if (recoveries.length === 0) return all;
  const kinds = recoveries.slice(0, MAX_KINDS).map((each) => `${kindOf(each)} ${timeOf(each)}`);
  const more = recoveries.length > MAX_KINDS ? ', …' : '';
  return `${all} (${kinds.join(', ')}${more})`;
}

const kindOf = ({ workload, f }: Recovery): string => inline(workload === undefined ? f : `${workload} ${f}`, 60);
const timeOf = ({ recoveryNs }: Recovery): string => (recoveryNs === undefined ? NEVER : duration(recoveryNs));

/** What was asked: `leader, share 0.1, fired on leader changed from n1 to n2`. */
export function askedWords({
  target,
  options = {},
  firedBy,
}: Pick<FaultRecord, 'target' | 'options' | 'firedBy'>): string {
  const settings = Object.entries(options).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const aim = firedBy === undefined ? [] : [`fired on ${firedBy}`];
  return inline([...(target === '' ? [] : [target]), ...settings, ...aim].join(', '), 400);
}
