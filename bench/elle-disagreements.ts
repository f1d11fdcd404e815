/**
 * Writes `docs/elle-disagreements.md`: where the register checker answers otherwise than Elle did about the golden histories,
 * each difference settled by trying every execution. `npx tsx bench/elle-disagreements.ts [folder of the golden histories]`.
 * `checkers/cycles/elle-disagreements.test.ts` proves it all again and holds the page to it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bookOf } from '../checkers/cycles/elle-disagreements.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = process.argv[2] ?? join(root, '../shared/histories/transactions');
const book = await bookOf((name) => readFileSync(join(folder, name), 'utf8'));
if (book.wrong.length > 0) console.log(`WRONG: ${book.wrong.join(', ')}`);
writeFileSync(join(root, 'docs/elle-disagreements.md'), book.text);
console.log(`${String(book.count)} answers differ, about ${String(book.histories)} histories`);
process.exitCode = book.wrong.length > 0 ? 1 : 0;
