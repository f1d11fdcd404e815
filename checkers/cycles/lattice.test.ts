import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { atLeast, boundary, forbids, implies, modelNamed } from './lattice.js';
import { ANOMALY_IMPLIES, MODELS } from './taxonomy.js';

const file = new URL('../../../shared/taxonomy.json', import.meta.url);
const external = existsSync(file);

interface Taxonomy {
  readonly 'all-models': readonly string[];
  readonly 'anomaly-implies': Readonly<Record<string, readonly string[]>>;
  readonly 'model-implies': Readonly<Record<string, readonly string[]>>;
  readonly 'prohibited-by-model': Readonly<Record<string, readonly string[]>>;
  readonly 'boundary-of-single-anomaly': Readonly<
    Record<string, { readonly not: readonly string[]; readonly 'also-not': readonly string[] }>
  >;
  readonly 'all-anomalies': readonly string[];
}

describe('the lattice of models', () => {
  it('orders anomalies and models', () => {
    expect(implies('G0', 'G1c-realtime')).toBe(true);
    expect(implies('G-single-item', 'G2')).toBe(true);
    expect(implies('G2-item', 'G-single')).toBe(false);
    expect(atLeast('strict-serializable', 'read-committed')).toBe(true);
    expect(atLeast('snapshot-isolation', 'repeatable-read')).toBe(false);
    expect(forbids('snapshot-isolation', 'G2-item')).toBe(false);
    expect(forbids('repeatable-read', 'G2-item')).toBe(true);
  });

  it('refers only to models it has', () => {
    for (const model of Object.values(MODELS))
      for (const weaker of model.implies) expect(MODELS).toHaveProperty([weaker]);
  });

  it('says what a write skew leaves standing', () => {
    expect(boundary(['G2-item']).not).toEqual(['repeatable-read']);
    expect(boundary(['G2-item']).strongest).toContain('strong-snapshot-isolation');
    expect(boundary([])).toEqual({ not: [], alsoNot: [], strongest: ['strict-serializable'] });
  });

  it('names the models it knows when asked for another', () => {
    expect(modelNamed('PL-3')).toBe('serializable');
    expect(() => modelNamed('eventual')).toThrow(/unknown consistency model "eventual"; use one of .*serializable/);
  });
});

describe.skipIf(!external)(external ? 'against the taxonomy' : 'external corpus not found: taxonomy.json', () => {
  const taxonomy = external ? (JSON.parse(readFileSync(file, 'utf8')) as Taxonomy) : ({} as Taxonomy);
  const known = (anomaly: string) => !anomaly.endsWith('-cycle-exists');

  it('knows every model, with its aliases', () => {
    for (const model of taxonomy['all-models']) expect(() => modelNamed(model)).not.toThrow();
  });

  it('implies the same anomalies', () => {
    const closureOf = (anomaly: string, seen = new Set<string>()): Set<string> => {
      for (const next of taxonomy['anomaly-implies'][anomaly] ?? []) {
        if (!seen.has(next)) closureOf(next, seen.add(next));
      }
      return seen;
    };
    const names = [...ANOMALY_IMPLIES.keys()].filter((name) => taxonomy['all-anomalies'].includes(name));
    for (const a of names) {
      for (const b of names) if (a !== b) expect([a, b, implies(a, b)]).toEqual([a, b, closureOf(a).has(b)]);
    }
  });

  it('forbids the same anomalies by every model', () => {
    for (const [model, prohibited] of Object.entries(taxonomy['prohibited-by-model'])) {
      const ours = taxonomy['all-anomalies'].filter((anomaly) => known(anomaly) && forbids(modelNamed(model), anomaly));
      expect([model, ours.sort()]).toEqual([model, prohibited.filter(known).sort()]);
    }
  });

  it('orders the models the same', () => {
    for (const [model, weaker] of Object.entries(taxonomy['model-implies'])) {
      for (const other of weaker)
        expect([model, other, atLeast(modelNamed(model), modelNamed(other))]).toEqual([model, other, true]);
    }
  });

  it('cuts at the same boundary for every single anomaly', () => {
    const ours = (names: readonly string[]) => [...new Set(names.map(modelNamed))].sort();
    for (const [anomaly, cut] of Object.entries(taxonomy['boundary-of-single-anomaly']).filter(([name]) =>
      known(name),
    )) {
      const { not, alsoNot } = boundary([anomaly]);
      expect([anomaly, not, alsoNot]).toEqual([anomaly, ours(cut.not), ours(cut['also-not'])]);
    }
  });
});
