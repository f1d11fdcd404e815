import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../kit/random.js';
import { type History, VALUE_RAW } from '../history.js';
import { fuzz } from '../testing/fuzz.js';
import { journalLines } from '../testing/mutate.js';
import { eventsOf, referenceEvents } from '../testing/reference.js';
import type { ReadResult } from './format.js';
import { work } from './jsonl/crew.js';
import { assemble, Helper, newJob, readFileInParallel } from './jsonl/parallel.js';
import { readHistory } from './read.js';

const folder = mkdtempSync(join(tmpdir(), 'faultline-jsonl-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string | Uint8Array): string {
  const path = join(folder, 'h.jsonl');
  writeFileSync(path, text);
  return path;
}

async function read(...lines: string[]): Promise<History> {
  return (await readHistory(fileOf(lines.map((line) => `${line}\n`).join('')))).history;
}

async function problem(text: string | Uint8Array): Promise<string> {
  try {
    await readHistory(fileOf(text), { format: 'jsonl' });
  } catch (error) {
    return (error as Error).message.replace(folder, '');
  }
  throw new Error('accepted');
}

const invoke = '{"process":0,"type":"invoke","f":"read","value":null}\n';

describe('the reader', () => {
  it('reads every field in any order', async () => {
    const history = await read(
      '{"error":"timeout: n1","workload":"register","node":"n1","key":"x","value":{"a":[1,true]},"f":"read","type":"invoke","process":3,"time":12345678901234,"index":7}',
    );
    expect(history.event(0)).toEqual({
      index: 7,
      time: 12345678901234,
      process: 3,
      type: 'invoke',
      f: 'read',
      value: { a: [1, true] },
      key: 'x',
      node: 'n1',
      workload: 'register',
      error: 'timeout: n1',
    });
  });

  it('keeps values beyond the slab compact, whatever the spacing', async () => {
    const { columns } = await read(
      '{ "process": 0, "type": "ok" , "f": "x", "value": [ "a", 1.50 ] }'.replace('ok', 'invoke'),
    );
    expect(columns.valueKinds[0]).toBe(VALUE_RAW);
    expect(new TextDecoder().decode(columns.slab)).toBe('["a",1.5]');
  });

  it('tolerates and reports a torn last line', async () => {
    const { history, notes } = await readHistory(fileOf(`${invoke}{"process":0,"type":"ok","f":"re`));
    expect(history.length).toBe(1);
    expect(notes).toEqual(['line 2, the last, is cut short and was left out']);
  });

  it('reads a last line that only lacks its line feed', async () => {
    const { history, notes } = await readHistory(fileOf(invoke.trimEnd()));
    expect([history.length, notes]).toEqual([1, []]);
  });

  it('names fields that it ignores', async () => {
    const { notes } = await readHistory(fileOf(invoke.replace('}', ',"latency":5}')));
    expect(notes).toEqual(['fields ignored: "latency"']);
  });

  it('takes a list of micro-operations without f for a transaction', async () => {
    const history = await read('{"process":0,"type":"invoke","value":[["append",1,2]]}');
    expect(history.event(0).f).toBe('txn');
  });
});

describe('damage', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing at all', '\n', '/h.jsonl: no events in it'],
    ['a cut line in the middle', `${invoke}{"process":1,"type\n${invoke}`, '/h.jsonl:2: not JSON: '],
    ['blank lines counted', `${invoke}\n\n{"process":-1}\n`, '/h.jsonl:4: process must be'],
    ['no object', `${invoke}[1]\n`, '/h.jsonl:2: an event must be an object'],
    [
      'unknown type',
      '{"process":0,"type":"okay","f":"read"}\n',
      '/h.jsonl:1: type must be "invoke", "ok", "fail" or "info", not "\\"okay',
    ],
    ['no f', '{"process":0,"type":"invoke","value":null}\n', '/h.jsonl:1: f missing'],
    ['infinity', invoke.replace('null', '[1e999]'), '/h.jsonl:1: the number 1e999 is too large'],
    ['NaN', invoke.replace('null', 'NaN'), '/h.jsonl:1: not JSON'],
    [
      'deep nesting',
      invoke.replace('null', `${'['.repeat(101)}${']'.repeat(101)}`),
      '/h.jsonl:1: values nested deeper than 100',
    ],
    ['__proto__', invoke.replace('null', '{"__proto__":1}'), '/h.jsonl:1: a field named "__proto__"'],
    ['__proto__ in disguise', invoke.replace('null', '{"__prot\\u006f__":1}'), '/h.jsonl:1: a field named "__proto__"'],
    ['a field twice', invoke.replace('"f"', '"type":"ok","f"'), '/h.jsonl:1: field "type" twice'],
    [
      'a misspelt value',
      invoke.replace('"value"', '"vaule"'),
      '/h.jsonl:1: unknown field "vaule"; did you mean "value"?',
    ],
    [
      'invalid UTF-8',
      Uint8Array.from([...new TextEncoder().encode(invoke), 0x22, 0xff, 0x0a]),
      '/h.jsonl:2: not UTF-8',
    ],
    ['half a surrogate pair', invoke.replace('read', '\\ud800'), '/h.jsonl:1: f holds half a surrogate pair'],
  ])('%s', async (_, text, message) => {
    expect(await problem(text)).toContain(message);
  });

  it('accepts nesting and integers just inside the limits', async () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as never;
    expect((await read(invoke.trim().replace('null', JSON.stringify(deep)))).value(0)).toEqual(deep);
    expect((await read(invoke.trim().replace('null', '9007199254740991'))).value(0)).toBe(9007199254740991);
  });

  it('never crashes and never misreads: 20,000 lines of damaged journals', async () => {
    const { accepted, rejected } = await fuzz(1, 20_000);
    // Both must happen, or the property is empty.
    expect(accepted).toBeGreaterThan(100);
    expect(rejected).toBeGreaterThan(100);
  });
});

describe('several threads', () => {
  const [lines] = Random.fromSeed(7).draw((dice) => journalLines(dice, 25_000));
  const text = `${lines.join('\n')}\n`;

  /** A thread reads the first chunk, this one the others. */
  async function together(content: string): Promise<ReadResult> {
    const bytes = new TextEncoder().encode(content);
    const descriptor = openSync(fileOf(bytes), 'r');
    const { job, store } = newJob(descriptor, bytes.length);
    expect(job.chunks).toBeGreaterThan(1);
    const helper = new Helper({ ...job, chunks: 1 }, 2);
    try {
      const theirs = await helper.report;
      // The helper asked once more than it got.
      Atomics.sub(job.counters, 0, 1);
      const ours = work(job, 1);
      expect(theirs.chunks.length).toBe(1);
      return assemble('h', job, store, [ours, theirs]);
    } finally {
      await helper.stop();
      closeSync(descriptor);
    }
  }

  it('read what JSON.parse reads, with names numbered as one thread numbers them', async () => {
    const { history } = await together(text);
    expect(eventsOf(history)).toEqual(referenceEvents(text));
    const { history: alone } = await readHistory(fileOf(text));
    expect(history.columns.functionNames).toEqual(alone.columns.functionNames);
    expect(history.columns.keys).toEqual(alone.columns.keys);
  });

  it('name the line of damage in whichever chunk', async () => {
    const broken = [...lines];
    broken[24_000] = '{';
    await expect(together(broken.join('\n'))).rejects.toThrow(/^h:24001: not JSON/);
  });

  it('note a torn last line that is longer than a chunk', async () => {
    const { history, notes } = await together(`${text}{"process":0,"value":"${'x'.repeat(5_000_000)}`);
    expect([history.length, notes[0]]).toEqual([25_000, 'line 25001, the last, is cut short and was left out']);
  });

  it('divide a whole file among themselves', async () => {
    const descriptor = openSync(fileOf(text), 'r');
    const read = await readFileInParallel('h', descriptor, Buffer.byteLength(text), { threads: 2 });
    closeSync(descriptor);
    expect(eventsOf(read!.history)).toEqual(referenceEvents(text));
  });
});
