import { describe, expect, it } from 'vitest';
import type { Anomaly } from './checker.js';
import { contradicts, covers } from './claim.js';

const anomaly = (kind: string, rulesOut?: readonly string[], details?: Anomaly['details']): Anomaly => ({
  kind,
  sentence: 'It is so.',
  operations: [],
  ...(rulesOut && { rulesOut }),
  ...(details && { details }),
});
const STRICT = 'strict-serializable';

describe('claimed against observed', () => {
  // Rows: what is ruled out. Columns: what is claimed. Only a claim that is at least as strong is broken.
  const claims = ['read-committed', 'snapshot-isolation', 'repeatable-read', 'serializable', 'linearizable', STRICT];
  it.each([
    [['read-committed'], [true, true, true, true, false, true]],
    [['snapshot-isolation'], [false, true, false, true, false, true]],
    [['repeatable-read'], [false, false, true, true, false, true]],
    [
      ['snapshot-isolation', 'repeatable-read'],
      [false, true, true, true, false, true],
    ],
    [['serializable'], [false, false, false, true, false, true]],
    [['linearizable'], [false, false, false, false, true, true]],
    [
      ['linearizable', STRICT],
      [false, false, false, false, true, true],
    ],
    [[STRICT], [false, false, false, false, false, true]],
    [['sequential'], [false, false, false, false, true, true]],
    [['monotonic-reads'], [false, false, false, false, true, true]],
  ] as const)('%j contradicts, of %j', (rulesOut, expected) => {
    expect(claims.map((claim) => contradicts(anomaly('a-kind-nobody-knows', rulesOut), claim))).toEqual(expected);
  });

  it.each([
    // A late reader explains these: who claims no real-time order has not promised otherwise.
    [anomaly('stale-read'), false, true],
    [anomaly('frozen'), false, true],
    [anomaly('unjustified-refusal'), false, true],
    [anomaly('causal-reverse'), false, true],
    [anomaly('non-monotonic', undefined, { scope: 'global' }), false, true],
    [anomaly('non-monotonic', undefined, { scope: 'process' }), false, true],
    [anomaly('nonlinearizable', ['linearizable', STRICT]), false, true],
    // These no order explains.
    [anomaly('long-fork'), true, true],
    [anomaly('wrong-total'), true, true],
    [anomaly('lost'), true, true],
    [anomaly('G1a'), true, true],
  ])('%o contradicts serializable: %s, strict serializability: %s', (found, serializable, strict) => {
    expect([contradicts(found, 'serializable'), contradicts(found, STRICT)]).toEqual([serializable, strict]);
  });

  it('is decided by the models ruled out, whatever the kind is called', () => {
    for (const kind of ['G0', 'lost', 'G2-item', 'nonsense']) {
      expect(contradicts(anomaly(kind, ['serializable']), 'snapshot-isolation')).toBe(false);
      expect(contradicts(anomaly(kind, ['serializable']), STRICT)).toBe(true);
    }
  });

  it('takes a claim that is no model for broken by any violation', () => {
    expect(contradicts(anomaly('G2-item'), 'eventually-perhaps')).toBe(true);
  });

  it('knows what still holds of a claim', () => {
    expect(covers(['serializable'], 'snapshot-isolation')).toBe(true);
    expect(covers(['snapshot-isolation'], 'serializable')).toBe(false);
    expect(covers([], 'read-committed')).toBe(false);
  });
});
