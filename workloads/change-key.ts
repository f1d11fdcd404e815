import type { KvSession } from '../docker/system.js';
import type { Completion } from '../harness/history/operation.js';
import { readFailure } from './read-failure.js';

/** Where the change was made `failure` is absent. */
export interface Change {
  readonly failure?: Completion;
}

/**
 * Reads a key, decides and writes it back on condition that nobody wrote in between. A condition that does not hold is
 * definite, so trying again is safe; an attempt whose outcome is unknown ends it, and its error goes up as `info`.
 */
export async function changeKey(
  session: KvSession,
  key: string,
  attempts: number,
  change: (text: string | undefined) => string,
): Promise<Change> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    let entry;
    try {
      entry = await session.get(key);
    } catch (error) {
      return { failure: { type: 'fail', error: readFailure(error) } };
    }
    const condition =
      entry === undefined
        ? ({ kind: 'absent', key } as const)
        : ({ kind: 'revision', key, revision: entry.revision } as const);
    const put = { kind: 'put', key, value: change(entry?.value) } as const;
    if ((await session.transact([condition], [put])).succeeded) return {};
  }
  return { failure: { type: 'fail', error: `conflict: changed by others between read and write, ${attempts} times` } };
}
