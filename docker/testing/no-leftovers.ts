import { afterAll, expect } from 'vitest';
import { connect } from '../engine/engine.js';
import { lastingLeftovers, rulesOnTheMachine } from './leftovers.js';

/** After every file of Docker tests, and so after the whole suite: nothing of ours is left on the machine. */
afterAll(async () => {
  const engine = await connect();
  expect(await lastingLeftovers(engine)).toEqual([]);
  const [toolbox] = await engine.listImages({ filters: { label: ['faultline.image=toolbox'] } });
  if (toolbox !== undefined) expect(await rulesOnTheMachine(engine, toolbox.Id)).toEqual([]);
}, 90_000);
