/**
 * Goal L8: a folder of small histories, all right and within 60 ms in all: `npx tsx bench/linearizability-logs.ts <folder>`,
 * with a VERDICTS.json of file → valid or invalid. Prints CPU ms of judging them, best of five rounds, and of whole
 * verdicts with witness, explanation and what holds all the same.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNLIMITED } from '../checkers/checker.js';
import { Deadline } from '../checkers/linearizability/budget.js';
import { judgeAll } from '../checkers/linearizability/crew.js';
import { linearizable } from '../checkers/linearizability/linearizability.js';
import { registerKind, RegisterObjects } from '../checkers/linearizability/register-objects.js';
import { casRegister } from '../checkers/models/register.js';
import { readHistory } from '../harness/history/formats/read.js';

const folder = process.argv[2];
const expected = JSON.parse(readFileSync(join(folder, 'VERDICTS.json'), 'utf8')) as Record<string, string>;
const context = { budget: { ...UNLIMITED, timeMs: 60_000 }, options: {} };
const histories = await Promise.all(
  Object.keys(expected).map(async (file) => ({ file, history: (await readHistory(join(folder, file))).history })),
);

async function cpuMs(round: () => Promise<void>): Promise<number> {
  let best = Infinity;
  for (let repeat = 0; repeat < 5; repeat++) {
    const before = process.cpuUsage();
    await round();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e3);
  }
  return best;
}

let wrong = 0;
const judging = await cpuMs(async () => {
  for (const { history, file } of histories) {
    const deadline = Deadline.of(context);
    const kind = registerKind(history, casRegister, {})!;
    const objects = RegisterObjects.of(history, kind, casRegister, context, 'unwanted', deadline);
    const judged = await judgeAll(objects, deadline, context);
    const validity = judged.some(({ decision }) => decision.validity === 'invalid') ? 'invalid' : 'valid';
    if (validity !== expected[file]) wrong++;
  }
});
const whole = await cpuMs(async () => {
  for (const { history, file } of histories) {
    const { validity } = await linearizable(casRegister).check(history, context);
    if (validity !== expected[file]) wrong++;
  }
});
console.log(
  `${histories.length} histories, ${wrong} wrong: judged in ${judging.toFixed(0)} CPU ms (goal 60), ` +
    `with explanations ${whole.toFixed(0)} CPU ms`,
);
