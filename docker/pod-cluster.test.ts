import { expect, it } from 'vitest';
import { tellingLines } from './pod-cluster.js';

it('quotes the complaint before a long stack, and the very end', () => {
  const stack = Array.from({ length: 50 }, (_, at) => `\tmain.go:${at}`);
  const said = ['ready', 'panic: page 7 is damaged', '', 'goroutine 1 [running]:', ...stack];
  const quoted = ['panic: page 7 is damaged', 'main.go:46', 'main.go:47', 'main.go:48', 'main.go:49'];
  expect(tellingLines(said)).toEqual(quoted);
  expect(tellingLines(['starting', ''])).toEqual(['starting']);
  expect(tellingLines([])).toEqual([]);
});
