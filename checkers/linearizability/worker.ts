import { parentPort, workerData } from 'node:worker_threads';
import { Deadline } from './budget.js';
import { Claims } from './claims.js';
import type { CrewData, CrewReport } from './crew.js';
import type { Judged } from './objects.js';
import { openShared } from './opened.js';

const { objects: shared, bySize, counters, deadline: portable } = workerData as CrewData;
const claims = new Claims(bySize.length, counters);
const deadline = Deadline.elsewhere(portable, claims);
const objects = openShared(shared);
for (let place = claims.takeLargest(); place !== undefined; place = claims.takeLargest()) {
  report(bySize[place]);
}

function report(object: number): void {
  let judged: Judged | undefined;
  try {
    judged = objects.judge(object, deadline);
  } catch {
    // Whoever called tries again, to tell what is wrong.
  }
  parentPort?.postMessage({ object, judged } satisfies CrewReport);
}
