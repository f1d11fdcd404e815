import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../kit/errors.js';
import type { JournalFile } from './journal.js';
import { Journal } from './journal.js';
import type { Operation } from './operation.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultline-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const event = (index: number, value: Operation['value'] = null): Operation => ({
  index,
  time: index * 10,
  process: 0,
  type: 'invoke',
  f: 'read',
  value,
});

/** A file in memory whose disk is full after so many bytes, or which is slow. */
class FakeFile implements JournalFile {
  bytes = 0;
  writes = 0;
  closed = 0;
  readonly order: string[] = [];
  constructor(
    private readonly capacity: number,
    private readonly gate: Promise<void> = Promise.resolve(),
  ) {}
  async write(_bytes: Uint8Array, _offset: number, length: number) {
    await this.gate;
    this.writes++;
    if (this.bytes >= this.capacity) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const bytesWritten = Math.min(length, this.capacity - this.bytes);
    this.bytes += bytesWritten;
    return { bytesWritten };
  }
  async sync() {
    this.order.push(`sync after ${this.bytes}`);
  }
  async close() {
    this.closed++;
    this.order.push('close');
  }
}

describe('a journal', () => {
  it('writes one event a line, fields in a fixed order, what is absent left out', async () => {
    const path = join(directory, 'history.jsonl');
    const journal = await Journal.create(path);
    journal.append(event(0));
    journal.append({
      ...{ index: 1, time: 12, process: 'nemesis', type: 'info', f: 'ki"ll', value: { 'ä\n': [1, 2.5, true] } },
      ...{ key: 'k', node: 'n1', workload: 'bank', error: 'reset: "gone"\n' },
    });
    await journal.close();
    expect(readFileSync(path, 'utf8')).toBe(
      '{"index":0,"time":0,"process":0,"type":"invoke","f":"read","value":null}\n' +
        '{"index":1,"time":12,"process":"nemesis","type":"info","f":"ki\\"ll","value":{"ä\\n":[1,2.5,true]},' +
        '"key":"k","node":"n1","workload":"bank","error":"reset: \\"gone\\"\\n"}\n',
    );
  });

  it('hands events to the operating system without being closed', async () => {
    const path = join(directory, 'history.jsonl');
    const journal = await Journal.create(path);
    journal.append(event(0));
    await expect.poll(() => readFileSync(path, 'utf8')).toContain('"index":0');
    await journal.close();
  });

  it('keeps the order over many flushes', async () => {
    const path = join(directory, 'history.jsonl');
    const journal = await Journal.create(path);
    for (let index = 0; index < 50_000; index++) {
      journal.append(event(index, index));
      if (index % 5000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await journal.close();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBe(50_000);
    expect(lines.findIndex((line, index) => JSON.parse(line).index !== index)).toBe(-1);
  });

  it('asks for patience while the disk is slow, and says when there is room', async () => {
    let openGate = () => {};
    const file = new FakeFile(
      Infinity,
      new Promise((resolve) => {
        openGate = resolve;
      }),
    );
    const journal = new Journal(file, 'history.jsonl');
    for (let index = 0; !journal.full; index++) journal.append(event(index, 'x'.repeat(10_000)));
    const drained = journal.drained();
    openGate();
    await drained;
    expect(journal.full).toBe(false);
    await journal.close();
    expect(file.bytes).toBeGreaterThan(8_000_000);
  });

  it('reports a full disk once, as something the user can mend, and keeps what was written', async () => {
    const file = new FakeFile(100);
    const journal = new Journal(file, 'runs/x/history.jsonl');
    for (let index = 0; index < 10; index++) journal.append(event(index));
    await new Promise((resolve) => journal.failed.addEventListener('abort', resolve));
    expect(journal.failed.reason).toBeInstanceOf(UserError);
    expect(journal.failed.reason).toMatchObject({ exitCode: 255 });
    expect(journal.failed.reason.message).toMatch(/^runs\/x\/history.jsonl: .*no space left on the disk: free some/);
    const { writes } = file;
    journal.append(event(11));
    await journal.drained();
    await expect(journal.close()).rejects.toBe(journal.failed.reason);
    expect(file).toMatchObject({ bytes: 100, writes, closed: 1 });
  });

  it('is forced to the disk after its last byte and before it is closed', async () => {
    const file = new FakeFile(Number.POSITIVE_INFINITY);
    const journal = new Journal(file, 'here');
    journal.append(event(0));
    await journal.close();
    expect(file.bytes).toBeGreaterThan(0);
    expect(file.order).toEqual([`sync after ${file.bytes}`, 'close']);
  });

  it('never overwrites a journal', async () => {
    const path = join(directory, 'history.jsonl');
    writeFileSync(path, 'precious\n');
    await expect(Journal.create(path)).rejects.toThrow(/exists already/);
    await expect(Journal.create(join(directory, 'no/such/place'))).rejects.toBeInstanceOf(UserError);
    expect(readFileSync(path, 'utf8')).toBe('precious\n');
  });
});
