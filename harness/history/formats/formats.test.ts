import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NONE } from '../history.js';
import type { Operation } from '../operation.js';
import { NO_REALTIME } from './format.js';
import { fuzzFormat } from '../testing/fuzz.js';
import { FORMATS, type ReadHistory, readHistory, type ReadOptions } from './read.js';

const folder = mkdtempSync(join(tmpdir(), 'faultline-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, options: ReadOptions = {}): Promise<ReadHistory> {
  writeFileSync(join(folder, 'h'), text);
  return readHistory(join(folder, 'h'), options);
}

async function events(text: string, options: ReadOptions = {}): Promise<readonly Partial<Operation>[]> {
  const { history } = await read(text, options);
  return [...history.events()].map(({ process, type, f, value, key, error }) => ({
    process,
    type,
    f,
    value,
    ...(key !== undefined && { key }),
    ...(error !== undefined && { error }),
  }));
}

describe('jepsen-edn', () => {
  it('reads maps one a line, with everything that Clojure prints', async () => {
    const text = `
      ; a comment
      {:process 0, :type :invoke, :f :txn, :value [[:append 1 2] [:r :x nil]], :time 5, :index 0}
      #jepsen.history.Op{:process :nemesis, :type :info, :f :start, :value {"n1" #{"n2"}}, :time 6, :index 1}
      {:process 0 :type :info :f :txn :value [[:append 1 2] [:r :x nil]] :error [:timeout "no \\"answer\\"" nil]
       :exception {:via [{:type java.lang.E, :at [#object[foo 0x1 "x"] \\a \\newline ^:meta #_ gone 1/2 1.5M 3N]}]}, :time 7 :index 2}`;
    expect(await events(text)).toEqual([
      {
        process: 0,
        type: 'invoke',
        f: 'txn',
        value: [
          ['append', 1, 2],
          ['r', { '#': ':x' }, null],
        ],
      },
      { process: 'nemesis', type: 'info', f: 'start', value: { '"n1"': { '#{}': ['n2'] } } },
      {
        process: 0,
        type: 'info',
        f: 'txn',
        value: [
          ['append', 1, 2],
          ['r', { '#': ':x' }, null],
        ],
        error: 'timeout: no "answer"',
      },
    ]);
  });

  it('reads one vector or list, maps with numbers as keys, and integers that a double cannot hold', async () => {
    const text =
      '({:process 0 :type :invoke :f :read}\n {:process 0 :type :ok :f :read :value {0 10, 1 9007199254740993}})';
    expect(await events(text)).toMatchObject([{ value: null }, { value: { 0: 10, 1: { '#': '9007199254740993' } } }]);
  });

  it('pairs by adjacency where no operation has a process', async () => {
    const { history } = await read('{:type :invoke :f :read}{:type :ok :f :read :value 1}');
    expect([...history.columns.pairs]).toEqual([1, 0]);
  });

  const independent = `[{:process 0 :type :invoke :f :write :value [7 3]} {:process 1 :type :invoke :f :read :value [7 nil]}
    {:process 0 :type :ok :f :write :value [7 3]} {:process 1 :type :ok :f :read :value [7 3]}]`;

  it('splits [key value] of independent objects where some invocation asks [key nil]', async () => {
    const { history, notes } = await read(independent);
    expect([...history.events()].map(({ key, value }) => [key, value])).toEqual([
      ['7', 3],
      ['7', null],
      ['7', 3],
      ['7', 3],
    ]);
    expect(notes).toEqual(['values are [key value] pairs of independent objects']);
  });

  it('leaves pairs whole when told so, or when they are compare-and-sets', async () => {
    expect((await read(independent, { independent: 'no' })).history.value(0)).toEqual([7, 3]);
    expect((await read('{:process 0 :type :invoke :f :cas :value [1 2]}')).history.value(0)).toEqual([1, 2]);
  });

  it('splits tagged tuples always', async () => {
    const text = '{:process 0 :type :invoke :f :write :value #jepsen.independent.Tuple{:key :a :value 1}}';
    expect(await events(text)).toMatchObject([{ key: ':a', value: 1 }]);
  });

  it('tolerates a torn last map', async () => {
    const { history, notes } = await read('{:process 0 :type :invoke :f :read}\n{:process 0 :type :ok');
    expect([history.length, notes]).toEqual([1, ['line 2, the last, is cut short and was left out']]);
  });

  it.each([
    ['a vector cut short', '[{:process 0 :type :invoke :f :read}\n', /h:2: no "\]" at the end/],
    ['odd map', '{:process 0 :type}\n', /h:1: no value for type/],
    ['a key twice', '{:process 0 :process 1 :type :ok}\n', /h:1: key process twice/],
    ['garbage after the end', '[]\n garbage', /h:2: more text after the end/],
    ['no operation', '{:process 0 :type :invoke :f :read}\n 5\n', /h:2: an operation must be a map/],
    ['NaN', '{:process 0 :type :invoke :f :read :value ##NaN}\n', /h:1: ##NaN is not a value/],
    ['bad number', '{:process 0 :type :invoke :f :read :value 1x}\n', /h:1: "1x" is no number/],
    ['bad process', '{:process [1] :type :invoke :f :read}\n', /h:1: :process must be/],
    ['deep nesting', `{:process 0 :type :invoke :f :read :value ${'['.repeat(200)}`, /h:1: forms nested deeper/],
    ['__proto__', '{:process 0 :type :invoke :f :read :value {:__proto__ 1}}\n', /h:1: a field named "__proto__"/],
    ['misspelt value', '{:process 0 :type :invoke :f :read :vlaue 1}\n', /did you mean "value"/],
  ])('refuses %s', async (_, text, message) => {
    await expect(read(text, { format: 'jepsen-edn' })).rejects.toThrow(message);
  });
});

describe('porcupine', () => {
  it('reads etcd logs', async () => {
    const text =
      'INFO  jepsen.core - Running test\nINFO  jepsen.util - 1\t:invoke\t:cas\t[2 4]\nINFO  jepsen.util - 1\t:info\t:cas\t:timed-out\n';
    expect(await events(text)).toEqual([
      { process: 1, type: 'invoke', f: 'cas', value: [2, 4] },
      { process: 1, type: 'info', f: 'cas', value: null, error: 'timed-out' },
    ]);
  });

  it('refuses a damaged line of an etcd log', async () => {
    const text = 'INFO  jepsen.util - 1\t:invoke\t:read\tnil\nINFO  jepsen.util - 1\t:okay\t:read\t3\n\n';
    await expect(read(text)).rejects.toThrow(/h:2: neither an operation nor a log line/);
  });

  it('reads key-value logs', async () => {
    const { history, format } = await read('{:process 3, :type :invoke, :f :append, :key "0", :value "x 3 0 y"}\n');
    expect([format, history.event(0).key, history.value(0)]).toEqual(['porcupine-kv', '0', 'x 3 0 y']);
  });
});

describe('json', () => {
  it('reads an array over several lines, with transactions that lack f', async () => {
    const text =
      '[{"process":1,"type":"invoke","value":[["r","],{",null]]},\n {"process":1,"type":"ok","value":[["r","],{",[1]]]}]\n';
    expect(await events(text)).toMatchObject([
      { f: 'txn', value: [['r', '],{', null]] },
      { value: [['r', '],{', [1]]] },
    ]);
  });

  it.each([
    ['cut short', '[{"process":1,"type":"invoke","f":"r"},\n{"process":1', /h:2: no "\]" at the end/],
    ['no event', '[{"process":1,"type":"invoke","f":"r"},\n5]', /h:2: an event must be an object/],
    ['an empty element', '[{"process":1,"type":"invoke","f":"r"},]', /h:1: an empty element/],
    ['text after the end', '[{"process":1,"type":"invoke","f":"r"}]\nx', /h:.*: more text after the end/],
    ['garbage between', '[{"process":1,"type":"invoke","f":"r"} x {}]', /h:1: not JSON/],
  ])('refuses %s', async (_, text, message) => {
    await expect(read(text, { format: 'json' })).rejects.toThrow(message);
  });
});

describe('session logs', () => {
  it('reads sessions and transactions as plain text and says that real time is made up', async () => {
    const { history, notes } = await read('w 0 1\nr 0 1\n-----\nr 0 1\n=====\nw 1 1\n');
    expect(notes).toContain(NO_REALTIME);
    expect([...history.events()].map(({ process, type, value }) => [process, type, value])).toEqual([
      [
        0,
        'invoke',
        [
          ['w', 0, 1],
          ['r', 0, null],
        ],
      ],
      [1, 'invoke', [['w', 1, 1]]],
      [
        0,
        'ok',
        [
          ['w', 0, 1],
          ['r', 0, 1],
        ],
      ],
      [1, 'ok', [['w', 1, 1]]],
      [0, 'invoke', [['r', 0, null]]],
      [0, 'ok', [['r', 0, 1]]],
    ]);
  });

  it('reads mini-transactions, 0 being the initial value', async () => {
    const { history, format } = await read('r(1,0,7,1)\nw(1,5,7,1)\nr(1,5,8,2)\n');
    expect(format).toBe('mtc');
    expect([...history.events()].filter(({ type }) => type === 'ok').map(({ value }) => value)).toEqual([
      [
        ['r', 1, null],
        ['w', 1, 5],
      ],
      [['r', 1, 5]],
    ]);
    expect(history.columns.pairs.includes(NONE)).toBe(false);
  });

  it.each([
    ['awdit', 'w 9007199254740993 9007199254740993\n-----\nr 9007199254740993 9007199254740992\n'],
    ['mtc', 'w(9007199254740993,9007199254740993,12345678901,1)\nr(9007199254740993,9007199254740992,12345678901,2)\n'],
  ])('%s: keeps neighbours past 2^53 apart, as keys and values', async (format, text) => {
    const { history } = await read(text, { format });
    const exactly = (digits: string) => ({ '#': digits });
    expect([...history.events()].filter(({ type }) => type === 'ok').map(({ value }) => value)).toEqual([
      [['w', exactly('9007199254740993'), exactly('9007199254740993')]],
      [['r', exactly('9007199254740993'), exactly('9007199254740992')]],
    ]);
  });

  it('name the damaged line', async () => {
    await expect(read('w 0 1\nw 0\n', { format: 'awdit' })).rejects.toThrow(/h:2: expected/);
    await expect(read('r(1,0,7,1)\nr(1)\n')).rejects.toThrow(/h:2: expected/);
  });
});

describe('readHistory', () => {
  it('names the formats when it knows none', async () => {
    await expect(read('hello\n')).rejects.toThrow(/h:1: .* --format: jsonl, json,/);
    await expect(read('{}', { format: 'jsnol' })).rejects.toThrow(
      /unknown history format "jsnol" \(did you mean "jsonl"\?\)/,
    );
  });

  it('refuses files that are empty, absent or directories', async () => {
    await expect(read('')).rejects.toThrow(/h: it is empty/);
    await expect(readHistory(join(folder, 'absent'))).rejects.toThrow(/^no such file: /);
    await expect(readHistory(folder)).rejects.toThrow(/is a directory without history.jsonl/);
  });
});

describe('damaged texts of every format', () => {
  const edn = [
    '{:process 0, :type :invoke, :f :cas, :value [1 2], :index 0, :time 5}',
    '{:process 1, :type :invoke, :f :read, :value nil, :index 1, :time 6}',
    '{:process 0, :type :fail, :f :cas, :value [1 2], :error [:mismatch "3"], :index 2, :time 7}',
    '#jepsen.history.Op{:process :nemesis, :type :info, :f :start, :value #{"n1" \\a}, :index 3}',
    '{:process 1, :type :ok, :f :read, :value {0 10, 1 20}, :index 4, :time 9}',
  ];
  const texts: Readonly<Record<string, readonly string[]>> = {
    jsonl: [
      '{"process":0,"type":"invoke","f":"read","value":null}',
      '{"process":0,"type":"ok","f":"read","value":[1,"x"]}',
    ],
    json: [
      '[{"process":0,"type":"invoke","value":[["r",1,null]]},',
      '{"process":0,"type":"ok","value":[["r",1,[1,2]]]}]',
    ],
    'jepsen-edn': edn,
    'porcupine-kv': edn,
    'porcupine-etcd': ['INFO  jepsen.util - 1\t:invoke\t:cas\t[2 4]', 'INFO  jepsen.util - 1\t:info\t:cas\t:timed-out'],
    awdit: ['w 0 1', '=====', 'r 0 1', '-----', 'r 0 1'],
    mtc: ['r(1,0,7,1)', 'w(1,5,7,1)', 'r(1,5,8,2)'],
  };

  it.each(FORMATS)('$name: refused or read, never a crash', async (format) => {
    const { accepted, rejected } = await fuzzFormat(format, texts[format.name], 1, 400);
    expect(accepted).toBeGreaterThan(10);
    expect(rejected).toBeGreaterThan(10);
  });
});
