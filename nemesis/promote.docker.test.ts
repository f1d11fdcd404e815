import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepareEngine } from '../docker/engine/bootstrap.js';
import { prepareImages } from '../docker/engine/prepare.js';
import { postgresStandby } from '../docker/postgres-standby/system.js';
import type { Cluster } from '../docker/system.js';
import { promote } from './promote.js';
import { request } from './testing/faults.js';

const READY_MS = 90_000;
let cluster: Cluster | undefined;

/** The same image as PostgreSQL alone, so nothing more has to be built. */
async function launched(fencing: 'on' | 'off'): Promise<Cluster> {
  const options = postgresStandby.options.parse({ fencing }) as Readonly<Record<string, unknown>>;
  const runId = `promote-${fencing}-${process.pid}`;
  const made = await postgresStandby.launch({ runId, nodes: 2, options, progress: () => undefined });
  cluster = made;
  await made.ready(READY_MS);
  return made;
}

beforeAll(async () => {
  await prepareImages(postgresStandby, postgresStandby.options.parse({}), undefined, await prepareEngine());
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

it.each(['on', 'off'] as const)(
  'a standby of PostgreSQL is the primary by command, with fencing %s, and the only one when that is healed',
  async (fencing) => {
    await cluster?.[Symbol.asyncDispose]();
    const on = await launched(fencing);
    const before = await on.primaries();
    const names = on.nodes.map(({ name }) => name);
    const fault = await promote.inject(request('promote', 'non-leader', names), { cluster: on });
    const [promoted] = fault.nodes;
    expect(before).not.toContain(promoted);
    // Nobody told the old one, unless it was fenced off.
    expect([...(await on.primaries())].sort()).toEqual(fencing === 'on' ? [promoted] : names);
    const healed = await fault.heal();
    expect([...healed.evidence, ...healed.healing].filter(({ bit }) => !bit)).toEqual([]);
    expect(healed).toMatchObject({ effective: true, healed: true, leadersAfter: [promoted] });
    await on.ready(READY_MS);
  },
);
