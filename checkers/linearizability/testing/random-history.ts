import type { Json } from '../../../harness/history/operation.js';
import { Random, type Dice } from '../../../harness/kit/random.js';
import type { Model, ModelOperation } from '../../model.js';
import type { EventInput } from '../../../harness/history/builder.js';

/** What a simulated client may ask. `answer` is what a correct store says in a state; undefined: refused (a fail). */
export interface Vocabulary<State> {
  readonly model: Model<State>;
  ask(dice: Dice, counter: number): { readonly f: string; readonly input: Json };
  answer(state: State, f: string, input: Json): Json | undefined;
  /** A wrong answer, to plant. */
  corrupt(dice: Dice, f: string, output: Json, counter: number): Json;
}

export interface Shape {
  readonly operations: number;
  readonly concurrency: number;
  readonly infoShare: number;
  /** Share of ok operations whose answer is corrupted. */
  readonly corruption: number;
  readonly options?: Readonly<Record<string, Json>>;
}

interface Client {
  process: number;
  pending?: { f: string; input: Json; output?: Json; took: boolean; refused: boolean; lost: boolean };
}

/**
 * Simulates a correct store under random interleaving: an operation takes effect at a moment between invocation and
 * completion, unknown ones at any later time or never. With `corruption` 0 the history is linearizable by construction.
 */
export function simulate<State>(vocabulary: Vocabulary<State>, shape: Shape, seed: number): EventInput[] {
  return Random.fromSeed(seed).draw((dice) => run(vocabulary, shape, dice))[0];
}

function run<State>(vocabulary: Vocabulary<State>, shape: Shape, dice: Dice): EventInput[] {
  const { model } = vocabulary;
  let state = model.initial(shape.options ?? {});
  const events: EventInput[] = [];
  const clients: Client[] = Array.from({ length: shape.concurrency }, (_, process) => ({ process }));
  /** Unknown operations that may still take effect. */
  const ghosts: { f: string; input: Json }[] = [];
  let nextProcess = shape.concurrency;
  let asked = 0;
  const apply = (f: string, input: Json, output: Json | undefined) => {
    const after = model.step(state, { f, input, output });
    if (after !== undefined) state = after;
    return after !== undefined;
  };
  while (asked < shape.operations || clients.some((client) => client.pending !== undefined)) {
    if (ghosts.length > 0 && dice.chance(0.1)) {
      const [ghost] = ghosts.splice(dice.int(ghosts.length), 1);
      apply(ghost.f, ghost.input, undefined);
    }
    const client = dice.pick(clients);
    const pending = client.pending;
    if (pending === undefined) {
      if (asked >= shape.operations) continue;
      const { f, input } = vocabulary.ask(dice, asked++);
      client.pending = { f, input, took: false, refused: false, lost: dice.chance(shape.infoShare) };
      events.push({ process: client.process, type: 'invoke', f, value: invokedValue(model, f, input) });
    } else if (!pending.took && !pending.lost) {
      pending.took = true;
      const answer = vocabulary.answer(state, pending.f, pending.input);
      if (answer === undefined) pending.refused = true;
      else {
        pending.output = answer;
        apply(pending.f, pending.input, answer);
      }
    } else {
      client.pending = undefined;
      if (pending.lost) {
        ghosts.push(pending);
        if (dice.chance(0.5))
          events.push({ process: client.process, type: 'info', f: pending.f, value: pending.input });
        client.process = nextProcess++;
      } else if (pending.refused) {
        events.push({ process: client.process, type: 'fail', f: pending.f, value: pending.input });
      } else {
        const honest = pending.output!;
        const value = dice.chance(shape.corruption) ? vocabulary.corrupt(dice, pending.f, honest, asked) : honest;
        events.push({ process: client.process, type: 'ok', f: pending.f, value });
      }
    }
  }
  return events;
}

function invokedValue<State>(model: Model<State>, f: string, input: Json): Json {
  return model.isRead({ f, input, output: 0 } satisfies ModelOperation) && input === null ? null : input;
}
