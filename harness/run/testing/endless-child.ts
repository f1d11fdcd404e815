/**
 * Runs operations until it is killed, journalled to argv[2]. Every event is noted at once, synchronously, in argv[3]:
 * what was true when the process died.
 */
import { openSync, writeSync } from 'node:fs';
import { clients, rate, repeat } from '../../generator/combinators.js';
import { Journal } from '../../history/journal.js';
import { RealClock } from '../../kit/clock.js';
import { Random } from '../../kit/random.js';
import { Interpreter } from '../interpreter.js';
import { Recorder } from '../recorder.js';

const clock = new RealClock();
const truth = openSync(process.argv[3], 'w');
const recorder = new Recorder(clock, await Journal.create(process.argv[2]));
recorder.observe((event) => writeSync(truth, `${event.index} ${event.time}\n`));
const interpreter = new Interpreter({
  clock,
  recorder,
  concurrency: 10,
  operationTimeoutMs: 1000,
  connector: {
    nodeOf: () => 'n1',
    open: async () => ({
      client: {
        async invoke() {
          await clock.sleep(2);
          return { type: 'ok', value: 1 };
        },
      },
      close: async () => {},
    }),
  },
});
await interpreter.run(clients(rate(1000, repeat({ f: 'read', value: null }), Random.fromSeed(1))));
