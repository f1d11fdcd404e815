import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bookOf } from './elle-disagreements.js';

const folder = new URL('../../../shared/histories/transactions/', import.meta.url);
const page = new URL('../../docs/elle-disagreements.md', import.meta.url);
const missing = !existsSync(folder);
if (missing)
  console.warn(`external corpus not found at ${folder.pathname}: disagreements with Elle are not proven again`);

describe.skipIf(missing)('where the register checker answers otherwise than Elle', () => {
  it('trying every execution proves us right, and all of it is listed', async () => {
    const book = await bookOf((name) => readFileSync(new URL(name, folder), 'utf8'));
    expect(book.wrong).toEqual([]);
    expect(readFileSync(page, 'utf8')).toBe(book.text);
  });
});
