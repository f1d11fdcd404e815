import { describe, expect, it } from 'vitest';
import { compareBytes } from './journals.js';

const compare = (recorded: string, replayed: string) => compareBytes(Buffer.from(recorded), Buffer.from(replayed));

describe('two journals', () => {
  it('are identical byte for byte', () => {
    expect(compare('a\nb\n', 'a\nb\n')).toMatchObject({ kind: 'identical', events: 2 });
  });

  it('may agree as far as one was recorded, a torn last line aside', () => {
    expect(compare('a\nb\n', 'a\nb\nc\n')).toEqual({ kind: 'cut-short', events: 2 });
    expect(compare('a\nb\n{"ind', 'a\nb\nc\n')).toEqual({ kind: 'cut-short', events: 2 });
  });

  it('differ at a line, also where the replayed one is the shorter', () => {
    const different = { kind: 'different', line: 2 };
    expect(compare('a\nb\nc\n', 'a\nx\nc\n')).toEqual({ ...different, recorded: 'b', replayed: 'x' });
    expect(compare('a\nb\n', 'a\n')).toEqual({ ...different, recorded: 'b', replayed: '' });
    expect(compare('a\nbc\n', 'a\nbd\n')).toEqual({ ...different, recorded: 'bc', replayed: 'bd' });
  });
});
