import { describe, expect, it } from 'vitest';
import { parseDurationMs } from './duration.js';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['45s', 45_000],
    ['90m', 5_400_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['20', 20_000],
  ])('%s is %i ms', (text, expected) => expect(parseDurationMs(text)).toBe(expected));

  it.each(['', 'soon', '5 s', '-3s', '3d', 's'])('%j is none', (text) => expect(parseDurationMs(text)).toBeUndefined());
});
