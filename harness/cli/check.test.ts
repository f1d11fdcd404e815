import { appendFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const main = join(root, 'harness', 'cli', 'main.ts');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-check-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const check = (...args: string[]) =>
  execa(process.execPath, ['--import', 'tsx', main, 'check', ...args], {
    cwd: root,
    reject: false,
    timeout: 60_000,
    env: { NO_COLOR: '1' },
  });

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

const event = (process: number, type: string, f: string, value: unknown) => JSON.stringify({ process, type, f, value });
const write = (value: number) => [event(0, 'invoke', 'write', value), event(0, 'ok', 'write', value)];
const read = (value: number) => [event(1, 'invoke', 'read', null), event(1, 'ok', 'read', value)];

describe('faultline check', () => {
  it('needs no model where the operations tell what to check', async () => {
    const good = await check(await file('good.jsonl', [...write(1), ...write(2), ...read(2)]));
    expect([good.exitCode, good.stdout.split('\n')[0]]).toEqual([0, 'VALID']);
    const bad = await check(await file('bad.jsonl', [...write(1), ...write(2), ...read(1)]));
    expect([bad.exitCode, bad.stdout.split('\n')[0]]).toEqual([1, 'INVALID']);
  });

  it('judges transactions against the model asked for', async () => {
    const txn = (process: number, value: unknown) => [
      event(process, 'invoke', 'txn', value),
      event(process, 'ok', 'txn', value),
    ];
    // Each misses what the other appends: write skew.
    const [a, b] = [
      [
        ['r', 1, []],
        ['append', 2, 1],
      ],
      [
        ['r', 2, []],
        ['append', 1, 1],
      ],
    ];
    const skew = [
      event(0, 'invoke', 'txn', a),
      event(1, 'invoke', 'txn', b),
      event(0, 'ok', 'txn', a),
      event(1, 'ok', 'txn', b),
    ];
    const seen = txn(2, [
      ['r', 1, [1]],
      ['r', 2, [1]],
    ]);
    const path = await file('skew.jsonl', [...skew, ...seen]);
    expect((await check(path, '--model', 'snapshot-isolation')).exitCode).toBe(0);
    const serializable = await check(path, '--model', 'serializable');
    expect(serializable.exitCode).toBe(1);
    expect(serializable.stdout).toContain('G2-item');
    expect(serializable.stdout).toMatch(/Let:\n +T1 = event \d, process \d/);
    expect(serializable.stdout).toMatch(
      /However, T2 < T1, because T2 read key 2 empty, before T1 appended 1 to it: a\s+contradiction!/,
    );
  });

  it('takes the initial value of registers, and writes a legal order', async () => {
    const path = await file('initial.jsonl', [...read(0), ...write(1), ...read(1)]);
    expect((await check(path, '--model', 'cas-register')).exitCode).toBe(1);
    const order = join(dirname(path), 'order.json');
    const { exitCode } = await check(path, '--model', 'cas-register', '--initial', '0', '--order', order);
    expect(exitCode).toBe(0);
    expect(Object.values(JSON.parse(await readFile(order, 'utf8')) as object)).toEqual([[0, 2, 4]]);
  });

  it('follows a bank: a wrong total is told before the end', async () => {
    const balances = { 0: 100, 1: 101 };
    const path = await file('bank.jsonl', [event(0, 'invoke', 'read', null), event(0, 'ok', 'read', balances)]);
    const options = ['--workload', 'bank', '--set', 'accounts=2', '--set', 'initialBalance=100'];
    const { exitCode, stderr } = await check(path, '--follow', '--idle-end', '1', ...options);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/after 2 events: .*adds up to 201 instead of 200/);
  });

  it('follows a growing journal and stops at the first violation', async () => {
    const path = await file('growing.jsonl', write(1));
    const following = check(path, '--follow', '--idle-end', '20', '--model', 'cas-register');
    setTimeout(() => {
      appendFileSync(path, `${[...write(2), ...read(2), ...read(1)].join('\n')}\n`);
      // Time passes in a history by its events.
      for (let value = 3; value < 300; value++) appendFileSync(path, `${write(value).join('\n')}\n`);
    }, 2000);
    const { exitCode, stderr } = await following;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/after \d+ events: .*returned 1/);
  });

  it.each([
    ['a line that is no JSON', ['{"process":0,'], ['x'], /bad0\.jsonl:1: /],
    ['two invocations of one process', [write(1)[0], write(2)[0]], [], /bad1\.jsonl:2: /],
    ['a completion without invocation', [...write(1), write(2)[1]], [], /bad2\.jsonl:3: /],
    ['an unknown model', write(1), ['--model', 'cas-registre'], /did you mean cas-register\?/],
    ['an unknown model beside a workload', write(1), ['-w', 'wr', '-m', 'serialisable'], /did you mean serializable\?/],
    ['an unknown format', write(1), ['--format', 'jsnl'], /jsonl/],
    ['an option that is none', write(1), ['--set', 'accounts'], /--set accounts: expected name=value/],
  ] as const)('answers %s with one line and 254', async (what, lines, args, message) => {
    const names = ['a line that is no JSON', 'two invocations of one process', 'a completion without invocation'];
    const path = await file(`bad${names.indexOf(what)}.jsonl`, [...lines, ...(args[0] === 'x' ? ['{}'] : [])]);
    const { exitCode, stderr } = await check(path, ...(args[0] === 'x' ? [] : args));
    expect(exitCode).toBe(254);
    expect(stderr.trim().split('\n').at(-1)).toMatch(message);
  });

  it('answers a missing file with one line and 254', async () => {
    const { exitCode, stderr } = await check(join(folder, 'nowhere.jsonl'));
    expect(exitCode).toBe(254);
    expect(stderr).toContain('nowhere.jsonl');
  });
});
