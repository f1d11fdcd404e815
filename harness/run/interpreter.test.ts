import { describe, expect, it } from 'vitest';
import { SessionError } from '../../docker/system.js';
import { clients, eachThread, limit, nemesis, once, phases, race, rate, repeat } from '../generator/combinators.js';
import type { Generator } from '../generator/generator.js';
import type { Completion, Invocation, Operation } from '../history/operation.js';
import { VirtualClock } from '../kit/clock.js';
import { Random } from '../kit/random.js';
import type { InterpreterOptions, Stops } from './interpreter.js';
import { Interpreter } from './interpreter.js';
import { Recorder } from './recorder.js';

const read: Invocation = { f: 'read', value: null };
const ok: Completion = { type: 'ok', value: 1 };

interface World {
  readonly clock: VirtualClock;
  readonly events: Operation[];
  readonly opened: string[];
  readonly closed: string[];
  readonly interpreter: Interpreter;
  run(generator: Generator, stops?: Stops): Promise<readonly Operation[]>;
}

type Answer = (invocation: Invocation, process: number, world: World) => Promise<unknown>;

/** An interpreter on a virtual clock, with sessions that answer as told. */
function world(
  answer: Answer,
  options: Partial<InterpreterOptions> & { open?: (process: number) => void } = {},
): World {
  const clock = new VirtualClock();
  const events: Operation[] = [];
  const recorder = new Recorder(clock, {
    full: false,
    drained: () => Promise.resolve(),
    append: (event) => events.push(event),
  });
  const opened: string[] = [];
  const closed: string[] = [];
  const interpreter = new Interpreter({
    clock,
    recorder,
    concurrency: 2,
    operationTimeoutMs: 1000,
    connector: {
      nodeOf: (thread) => `n${thread + 1}`,
      async open(thread, process) {
        options.open?.(process);
        opened.push(`${thread}:${process}`);
        return {
          client: { invoke: (invocation) => answer(invocation, process, self) as Promise<Completion> },
          async close() {
            closed.push(`${thread}:${process}`);
          },
        };
      },
    },
    ...options,
  });
  const self: World = {
    ...{ clock, events, opened, closed, interpreter },
    async run(generator, stops) {
      await clock.run(interpreter.run(generator, stops));
      return events;
    },
  };
  return self;
}

const shown = (events: readonly Operation[]) =>
  events.map(({ time, process, type, error }) => [time / 1e6, process, type, ...(error ? [error] : [])].join(' '));

describe('the interpreter', () => {
  it('journals the invocation before the request is sent, and each event once, in order', async () => {
    const { run } = world(async (invocation, process, { clock, events }) => {
      const last = events.findLast((event) => event.process === process);
      expect(last).toMatchObject({ type: 'invoke', f: invocation.f, node: `n${process + 1}` });
      await clock.sleep(5);
      return ok;
    });
    const events = await run(clients(limit(10, repeat(read))));
    expect(events.length).toBe(20);
    events.forEach((event, index) => expect(event.index).toBe(index));
    expect(shown(events.slice(0, 3))).toEqual(['0 0 invoke', '0 1 invoke', '5 0 ok']);
    expect(events.at(-1)?.time).toBe(25e6);
  });

  it('has one operation at most under way on a session', async () => {
    const busy = new Set<number>();
    const { run } = world(async (_, process, { clock }) => {
      expect(busy.has(process)).toBe(false);
      busy.add(process);
      await clock.sleep(process);
      busy.delete(process);
      return ok;
    });
    await run(clients(limit(50, repeat(read))));
  });

  it('retires a process that has no answer in time, and ignores the answer that comes late', async () => {
    let first = true;
    const { run, opened, closed, clock } = world(async (_, process, { clock }) => {
      if (process === 0 && first) {
        first = false;
        await clock.sleep(1500);
        return { type: 'ok', value: 'late' };
      }
      await clock.sleep(400);
      return ok;
    });
    const events = await run(clients(phases(eachThread(repeat(read, 3)))));
    await clock.run(clock.sleep(2000));
    expect(shown(events.filter((event) => Number(event.process) % 2 === 0))).toEqual([
      ...['0 0 invoke', '1000 0 info timeout'],
      ...['1000 2 invoke', '1400 2 ok', '1400 2 invoke', '1800 2 ok'],
    ]);
    expect(JSON.stringify(events)).not.toContain('late');
    expect(opened).toEqual(['0:0', '1:1', '0:2']);
    expect(closed).toEqual(['0:0']);
  });

  it('takes only an argued failure as fail, and everything else thrown as info', async () => {
    const errors = [
      new SessionError('fail', 'refused', 'connect ECONNREFUSED'),
      new SessionError('info', 'reset', 'socket hang up'),
      new TypeError('x is not a function'),
      Object.assign(new Error('broken\npipe'), { code: 'EPIPE' }),
      'odd',
    ];
    const { run } = world(() => Promise.reject(errors.shift()), { concurrency: 1 });
    const events = await run(clients(limit(5, repeat(read))));
    expect(shown(events.filter((event) => event.type !== 'invoke'))).toEqual([
      '0 0 fail refused: connect ECONNREFUSED',
      '0 0 info reset: socket hang up',
      '0 1 info TypeError: x is not a function',
      '0 2 info EPIPE: broken pipe',
      '0 3 info error: odd',
    ]);
  });

  it.each([
    undefined,
    null,
    {},
    { type: 'invoke', value: 1 },
    { type: 'ok' },
    { type: 'fail' },
    { type: 'info', error: '' },
  ])('refuses %j as an answer, loudly', async (answer) => {
    const { run, events } = world(() => Promise.resolve(answer), { concurrency: 1 });
    await expect(run(clients(repeat(read)))).rejects.toThrow('no completion');
    expect(shown(events)).toEqual(['0 0 invoke', '0 0 info malformed-answer']);
  });

  it('keeps what failed as it was asked, and takes an outcome with its own value', async () => {
    const answers: Completion[] = [
      { type: 'fail', error: 'mismatch' },
      { type: 'ok', value: [1, 2] },
    ];
    const { run } = world(() => Promise.resolve(answers.shift()), { concurrency: 1 });
    const events = await run(clients(repeat({ f: 'cas', value: [7, 8], key: 'r1', workload: 'register' }, 2)));
    expect(events[1]).toMatchObject({ value: [7, 8], error: 'mismatch', key: 'r1', workload: 'register', node: 'n1' });
    expect(events[3]).toMatchObject({ type: 'ok', value: [1, 2] });
  });

  it('passes on what a defective generator throws, and notices one that waits for ever', async () => {
    const broken: Generator = {
      next: () => {
        throw new Error('broken generator');
      },
      update: () => broken,
    };
    await expect(world(() => Promise.resolve(ok)).run(broken)).rejects.toThrow('broken generator');
    const stuck: Generator = { next: () => ({ kind: 'wait', next: stuck }), update: () => stuck };
    await expect(world(() => Promise.resolve(ok)).run(stuck)).rejects.toThrow('waits for ever');
  });

  it.each([
    ['emits for a busy thread', { thread: 0 as const, time: 0, invocation: read }, 'busy'],
    ['emits what is no JSON', { thread: 0 as const, time: 0, invocation: { f: 'read', value: 1n as never } }, 'BigInt'],
  ])('stops, rather than crash, when a generator %s', async (_, emitted, message) => {
    const careless: Generator = { next: () => ({ kind: 'emit', emitted, next: careless }), update: () => careless };
    const sink = {
      full: false,
      drained: () => Promise.resolve(),
      append: (event: Operation) => void JSON.stringify(event),
    };
    const clock = new VirtualClock();
    const hanging = world(() => new Promise(() => undefined), { clock, recorder: new Recorder(clock, sink) });
    await expect(clock.run(hanging.interpreter.run(careless))).rejects.toThrow(message);
  });

  it('stops, rather than crash, when a client answers what is no JSON, or a generator cannot take an event', async () => {
    const sink = {
      full: false,
      drained: () => Promise.resolve(),
      append: (event: Operation) => void JSON.stringify(event),
    };
    const clock = new VirtualClock();
    const answering = world(() => Promise.resolve({ type: 'ok', value: 1n }), {
      clock,
      recorder: new Recorder(clock, sink),
    });
    await expect(clock.run(answering.interpreter.run(clients(repeat(read))))).rejects.toThrow('BigInt');
    const deaf: Generator = {
      next: (context) => ({ kind: 'emit', emitted: { thread: 0, time: context.time, invocation: read }, next: deaf }),
      update: () => {
        throw new Error('not listening');
      },
    };
    await expect(world(() => Promise.resolve(ok)).run(deaf)).rejects.toThrow('not listening');
  });

  it('decides the same on a virtual clock', async () => {
    const once = async () => {
      const { run } = world(async (_, process, { clock }) => {
        await clock.sleep((process * 7) % 31);
        if (process % 3 === 2) throw new Error('lost');
        return ok;
      });
      return JSON.stringify(await run(clients(limit(300, rate(300, repeat(read), Random.fromSeed(5))))));
    };
    expect(await once()).toBe(await once());
  });
});

describe('sessions', () => {
  it('fail the operation definitely where none can be had, with growing pauses', async () => {
    let tries = 0;
    const open = () => {
      if (++tries <= 4) throw new SessionError('fail', 'refused', 'nobody there');
    };
    const { run } = world(() => Promise.resolve(ok), { concurrency: 1, open });
    const events = await run(clients(limit(5, repeat(read))));
    expect(shown(events.filter((event) => event.type !== 'invoke'))).toEqual([
      '0 0 fail no-session: nobody there',
      '50 0 fail no-session: nobody there',
      '150 0 fail no-session: nobody there',
      '350 0 fail no-session: nobody there',
      '750 0 ok',
    ]);
  });

  it('do not send what was given up while they were opened', async () => {
    let sent = 0;
    const w = world(() => (sent++, Promise.resolve(ok)), {
      concurrency: 1,
      connector: {
        nodeOf: () => 'n1',
        async open() {
          await w.clock.sleep(1500);
          return { client: { invoke: () => (sent++, Promise.resolve(ok)) }, close: () => Promise.resolve() };
        },
      },
    });
    const events = await w.run(clients(limit(2, repeat(read))));
    expect(shown(events)).toEqual(['0 0 invoke', '1000 0 fail no-session: timeout', '1000 0 invoke', '1500 0 ok']);
    expect(sent).toBe(1);
  });

  it('are replaced where nothing but errors came back for a second', async () => {
    const { run, opened } = world(
      async (_, process, { clock }) => {
        await clock.sleep(300);
        if (process === 0) throw new SessionError('fail', 'closed', 'connection lost');
        return ok;
      },
      { concurrency: 1 },
    );
    const events = await run(clients(limit(7, repeat(read))));
    expect(opened).toEqual(['0:0', '0:1']);
    expect(events.filter((event) => event.type === 'ok').length).toBe(2);
  });

  it('are renewed for every thread on demand', async () => {
    const { run, interpreter, clock, opened, closed } = world(() => Promise.resolve(ok));
    await run(clients(eachThread(once(read))));
    await clock.run(interpreter.renew());
    const events = await run(clients(eachThread(once(read))));
    expect(opened).toEqual(['0:0', '1:1', '0:2', '1:3']);
    expect(closed).toEqual(['0:0', '1:1']);
    expect(events.slice(4).map((event) => event.process)).toEqual([2, 3, 2, 3]);
    await interpreter.close();
    expect(closed).toEqual(['0:0', '1:1', '0:2', '1:3']);
  });
});

describe('the nemesis', () => {
  it('works beside the clients, and its errors are info', async () => {
    const w = world(async (_, __, { clock }) => (await clock.sleep(30), ok), {
      nemesis: async (invocation) => {
        await w.clock.sleep(100);
        if (invocation.f === 'kill') throw new Error('no such container');
        return { type: 'ok', value: { nodes: ['n1'] } };
      },
    });
    const faults = nemesis(race(limit(1, repeat({ f: 'kill', value: 1 })), once({ f: 'heal', value: 1 })));
    const events = await w.run(race(clients(limit(20, repeat(read))), faults));
    const hers = events.filter((event) => event.process === 'nemesis');
    expect(shown(hers)).toEqual([
      ...['0 nemesis invoke', '100 nemesis info Error: no such container'],
      ...['100 nemesis invoke', '200 nemesis ok'],
    ]);
    expect(hers[3]).toMatchObject({ f: 'heal', value: { nodes: ['n1'] } });
  });
});

describe('stopping', () => {
  it('drains: what is under way ends as it does', async () => {
    const drain = new AbortController();
    const { run, clock } = world(async (_, __, { clock }) => (await clock.sleep(300), ok));
    clock.after(100, () => drain.abort());
    expect(shown(await run(clients(repeat(read)), { drain: drain.signal }))).toEqual([
      ...['0 0 invoke', '0 1 invoke'],
      ...['300 0 ok', '300 1 ok'],
    ]);
  });

  it('aborts: what is under way is unknown', async () => {
    const abort = new AbortController();
    const { run, clock } = world(async (_, __, { clock }) => (await clock.sleep(300), ok));
    clock.after(100, () => abort.abort());
    const events = await run(clients(repeat(read)), { abort: abort.signal });
    await clock.run(clock.sleep(1000));
    expect(shown(events).slice(2)).toEqual(['100 0 info interrupted', '100 1 info interrupted']);
  });

  it('waits for a journal that is full', async () => {
    const clock = new VirtualClock();
    const events: Operation[] = [];
    const sink = {
      full: false,
      drained: async () => {
        await clock.sleep(50);
        sink.full = false;
      },
      append: (event: Operation) => {
        events.push(event);
        sink.full = events.length === 4;
      },
    };
    const { interpreter } = world(() => Promise.resolve(ok), {
      clock,
      recorder: new Recorder(clock, sink),
      concurrency: 1,
    });
    await clock.run(interpreter.run(clients(limit(4, repeat(read)))));
    expect(events.map((event) => event.time / 1e6)).toEqual([0, 0, 0, 0, 50, 50, 50, 50]);
  });
});
