import type { Json } from '../../harness/history/operation.js';
import type { Model, ModelOperation } from '../model.js';

/** Name of the operation that stands for the taking of a backup. */
export const SNAPSHOT = 'backup';

/** The state of a data type that is backed up and restored. `timeline` counts the restores so far. */
export interface Restorable<State> {
  readonly timeline: number;
  /** `anything` where a restore found no backup. */
  readonly now: State | typeof ANYTHING;
  /** What the backup taken last in this timeline holds. */
  readonly saved: State | typeof ANYTHING;
}

const ANYTHING: unique symbol = Symbol('anything');

/** An operation's name in the timeline that it was invoked in. */
export function inTimeline(f: string, timeline: number): string {
  return `${f} #${timeline}`;
}

/**
 * A sequential specification with backups: a backup is an operation that saves the state, a restore sets the state to
 * what was saved last. The restore is no operation of its own but happens before the first operation of the next timeline
 * takes effect, and none of an earlier timeline can take effect after that: nothing of the old cluster was left then.
 *
 * Without the backup's operation everything is possible after a restore. So leaving operations out of a history never
 * makes it illegal by that alone, which explanations rely on.
 */
export function withBackups<State>(model: Model<State>, timelines: number): Model<Restorable<State>> {
  const bare = (operation: ModelOperation): ModelOperation => ({ ...operation, f: parse(operation.f).f });
  return {
    name: `${model.name} with backups`,
    summary: model.summary,
    operations: Array.from({ length: timelines }, (_, timeline) =>
      [...model.operations, SNAPSHOT].map((f) => inTimeline(f, timeline)),
    ).flat(),
    initial: (options) => ({ timeline: 0, now: model.initial(options), saved: ANYTHING }),
    step(state, operation) {
      const { f, timeline } = parse(operation.f);
      if (timeline < state.timeline) return undefined;
      const before = restored(state, timeline);
      if (f === SNAPSHOT) return { ...before, saved: before.now };
      if (before.now === ANYTHING) return before;
      const now = model.step(before.now, { ...operation, f });
      return now === undefined ? undefined : { ...before, now };
    },
    key: ({ timeline, now, saved }) => `${timeline} ${JSON.stringify([text(model, now), text(model, saved)])}`,
    isRead: (operation) => parse(operation.f).f !== SNAPSHOT && model.isRead(bare(operation)),
    describe: (operation) => {
      const { f, timeline } = parse(operation.f);
      if (f === SNAPSHOT) return 'backup taken';
      return `${model.describe(bare(operation))}${timeline === 0 ? '' : ' (after the restore)'}`;
    },
    describeState: ({ now, saved }) =>
      `${text(model, now) ?? 'anything'}${saved === ANYTHING ? '' : `, in the backup ${text(model, saved) ?? ''}`}`,
  };
}

function restored<State>(state: Restorable<State>, timeline: number): Restorable<State> {
  let result = state;
  while (result.timeline < timeline) {
    result = { timeline: result.timeline + 1, now: result.saved, saved: ANYTHING };
  }
  return result;
}

function text<State>(model: Model<State>, state: State | typeof ANYTHING): Json {
  return state === ANYTHING ? null : model.key(state);
}

function parse(name: string): { readonly f: string; readonly timeline: number } {
  const at = name.lastIndexOf(' #');
  return { f: name.slice(0, at), timeline: Number(name.slice(at + 2)) };
}
