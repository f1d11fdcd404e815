import { describe as suite, expect, it } from 'vitest';
import { clip, count, duration, inline, percent, plural, seconds, visible } from './text.js';

suite('visible', () => {
  it('shows what would reorder, hide or command', () => {
    expect(visible('a\u202eb')).toBe('a\\u202eb');
    expect(visible('\u001b[31mred\u0007')).toBe('\\u001b[31mred\\u0007');
    expect(visible('zero\u200bwidth\ufeff')).toBe('zero\\u200bwidth\\ufeff');
  });

  it('shows lone surrogates and leaves pairs alone', () => {
    expect(visible('\ud83d\ude00')).toBe('\ud83d\ude00');
    expect(visible('\ud83d x')).toBe('\\ud83d x');
    expect(visible('x \ude00')).toBe('x \\ude00');
  });

  it('leaves text, accents, right-to-left scripts, breaks and tabs as they are', () => {
    const text = 'Größe 数量 שלום\n\tend';
    expect(visible(text)).toBe(text);
  });
});

suite('clip', () => {
  it('tells how long the whole was', () => {
    expect(clip('x'.repeat(1_000_000), 3)).toBe('xxx… (1,000,000 characters)');
    expect(clip('abc', 3)).toBe('abc');
  });

  it('never splits a surrogate pair', () => {
    expect(clip('ab\ud83d\ude00cd', 3)).toBe('ab… (6 characters)');
  });
});

it('inline is one line', () => {
  expect(inline('a\r\nb\tc')).toBe('a b c');
});

it('formats numbers and lengths of time', () => {
  expect(count(1_000_000)).toBe('1,000,000');
  expect(plural(1, 'anomaly', 'anomalies')).toBe('1 anomaly');
  expect(plural(2, 'anomaly', 'anomalies')).toBe('2 anomalies');
  expect(seconds(12_410_000_000)).toBe('12.410 s');
  expect([5, 1_240, 870_000, 1_240_000, 12_400_000, 99_000_000_000, 125_000_000_000].map(duration)).toEqual([
    '5 ns',
    '1.24 µs',
    '870 µs',
    '1.24 ms',
    '12.4 ms',
    '99.0 s',
    '2 min 5 s',
  ]);
});

it('never rounds an imperfect share to all or nothing', () => {
  expect([1, 0.99999, 0.5, 0.00001, 0].map(percent)).toEqual(['100 %', '99.9 %', '50.0 %', '< 0.1 %', '0 %']);
});
