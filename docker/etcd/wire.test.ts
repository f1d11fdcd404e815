import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, entriesOf, MalformedAnswer, operation, outcomeOf, prefixRange } from './wire.js';

const decode = (text: unknown) => Buffer.from(String(text), 'base64');

describe('ranges', () => {
  it('of a prefix hold exactly the keys that begin with it', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        word,
        fc.oneof(
          word,
          word.map((text) => text.repeat(2)),
        ),
        fc.boolean(),
        (prefix, other, extend) => {
          const key = extend ? prefix + other : other;
          const range = prefixRange(prefix, false);
          const bytes = Buffer.from(key, 'utf8');
          const within = bytes.compare(decode(range['key'])) >= 0 && bytes.compare(decode(range['range_end'])) < 0;
          const begins = bytes.subarray(0, Buffer.byteLength(prefix)).equals(Buffer.from(prefix, 'utf8'));
          expect(within).toBe(begins);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of the empty prefix are the whole store', () => {
    expect(prefixRange('', true)).toEqual({ key: 'AA==', range_end: 'AA==', serializable: true });
  });
});

describe('requests', () => {
  it('carry conditions and actions as the gateway wants them', () => {
    expect(compare({ kind: 'value', key: 'k', value: 'v' })).toEqual({
      key: 'aw==',
      target: 'VALUE',
      result: 'EQUAL',
      value: 'dg==',
    });
    expect(compare({ kind: 'revision', key: 'k', revision: 12 })).toMatchObject({ target: 'MOD', mod_revision: '12' });
    expect(compare({ kind: 'absent', key: 'k' })).toMatchObject({ target: 'CREATE', create_revision: '0' });
    expect(operation({ kind: 'get', key: 'k' }, true)).toEqual({ request_range: { key: 'aw==', serializable: true } });
    expect(operation({ kind: 'put', key: 'k', value: '' }, true)).toEqual({ request_put: { key: 'aw==', value: '' } });
    expect(operation({ kind: 'delete', key: 'k' }, true)).toEqual({ request_delete_range: { key: 'aw==' } });
  });
});

describe('answers', () => {
  it('leave out what is empty or zero', () => {
    expect(entriesOf({})).toEqual([]);
    expect(entriesOf({ kvs: [{ key: 'aw==', mod_revision: '12', version: '3' }] })).toEqual([
      { key: 'k', value: '', version: 3, revision: 12 },
    ]);
  });

  it('of a transaction are those of the branch that ran', () => {
    const get = { kind: 'get', key: 'k' } as const;
    const put = { kind: 'put', key: 'k', value: 'v' } as const;
    const answer = { responses: [{ response_range: { kvs: [{ key: 'aw==', version: '1', mod_revision: '2' }] } }] };
    expect(outcomeOf(answer, [put, put], [get])).toEqual({
      succeeded: false,
      results: [[{ key: 'k', value: '', version: 1, revision: 2 }]],
    });
    expect(outcomeOf({ succeeded: true, responses: [{ response_put: {} }, {}] }, [put, put], [get])).toEqual({
      succeeded: true,
      results: [[], []],
    });
  });

  it('that do not fit the request are malformed, never empty', () => {
    const get = { kind: 'get', key: 'k' } as const;
    expect(() => outcomeOf({ succeeded: true }, [get], [])).toThrow(MalformedAnswer);
    expect(() => outcomeOf({ succeeded: true, responses: [{ response_put: {} }] }, [get], [])).toThrow(MalformedAnswer);
    expect(() => entriesOf({ kvs: 'x' })).toThrow(MalformedAnswer);
    expect(() => entriesOf({ kvs: [{ key: 'aw==', version: '9007199254740993' }] })).toThrow(MalformedAnswer);
  });
});
