/** Reads damaged journals: no crash, no misread event. Usage: tsx bench/history-fuzz.ts [lines] [seed] (default 1000000 1). */
import { fuzz } from '../harness/history/testing/fuzz.js';

const lines = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);
const result = await fuzz(seed, lines);
console.log(
  `seed ${seed}: ${result.lines} lines in ${result.accepted + result.rejected} files, ` +
    `${result.accepted} accepted and equal to JSON.parse, ${result.rejected} refused with their line, none crashed`,
);
