import type { Pod } from '../engine/pods.js';
import { type Watch, watchContainer } from '../engine/watch.js';

/**
 * Most faults of a node live in its sandbox and end with it. A frozen container and a frozen disk do not, and then keep
 * the node's processes from dying: while such a fault is in place its sandbox is watched, and the fault undone when it
 * is lost.
 */
export class SandboxWatch {
  private readonly watches = new Map<string, Watch>();

  /** From now on `undo` is called when the node's sandbox is lost. */
  begin(pod: Pod, undo: () => Promise<unknown>): void {
    this.end(pod.node);
    // Who heals finds it healed, or cannot heal it either and says so.
    this.watches.set(
      pod.node,
      watchContainer(pod.sandbox, () => void undo().catch(() => undefined)),
    );
  }

  end(node: string): void {
    this.watches.get(node)?.stop();
    this.watches.delete(node);
  }
}
