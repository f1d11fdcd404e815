/** Every way to make a generator and to combine several. */
export { eachProcess, eachThread } from './combinators/each.js';
export { flipFlop } from './combinators/flipFlop.js';
export { concurrentKeys, sequentialKeys } from './combinators/independentKeys.js';
export type { IndependentKeys } from './combinators/independentKeys.js';
export { after, limit, timeLimit } from './combinators/limits.js';
export { mix } from './combinators/mix.js';
export type { Weighted } from './combinators/mix.js';
export { delay, rate, stagger } from './combinators/pace.js';
export { race } from './combinators/race.js';
export { clients, MissingThreads, nemesis, onThreads, reserve } from './combinators/routing.js';
export type { Reservation } from './combinators/routing.js';
export { cycle, phases, sequence, synchronize } from './combinators/sequence.js';
export { fromFunction, fromState, nothing, once, repeat } from './combinators/source.js';
export type { StatefulSource } from './combinators/source.js';
export { map, onKey, tagged } from './combinators/tagged.js';
export { untilOk } from './combinators/untilOk.js';
export type { Retry } from './combinators/untilOk.js';
