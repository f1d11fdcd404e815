import type { ClockAbility } from '../../../docker/system.js';
import { done, type Ground, nodeOf } from './ground.js';

/** The time of day; timers go by a clock that nobody can set. */
export function clocksOf(ground: Ground): ClockAbility {
  const { world } = ground;
  const set = (name: string, offsetMs: number, rate: number) =>
    done(() => nodeOf(ground, name).wallClock.set(world.nowNs(), { offsetNs: offsetMs * 1e6, rate }));
  return {
    set: (name, { offsetMs, rate }) => set(name, offsetMs, rate),
    reset: (name) => set(name, 0, 1),
    offsetMs: (name) => done(() => nodeOf(ground, name).wallClock.ahead(world.nowNs()) / 1e6),
  };
}
