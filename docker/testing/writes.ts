import type { Cluster, SqlSession } from '../system.js';
import { until } from '../wait.js';

const TIMEOUT_MS = 5_000;
const TABLE = 't';

/** Keys that a test writes by one node of a sql cluster and looks for at others. */
export class Writes {
  constructor(private readonly cluster: Cluster) {}

  createTable(node: string): Promise<void> {
    return this.on(node, (session) => session.createTable(TABLE, {}));
  }

  /** Tries until a node takes it; answers which one did. */
  async write(nodes: readonly string[], key: string, withinMs: number): Promise<string> {
    const takenBy = async (): Promise<string | undefined> => {
      for (const node of nodes) {
        const put = (session: SqlSession) => session.transaction((open) => open.put(TABLE, { key, columns: {} }));
        const taken = await this.on(node, put).then(
          () => true,
          () => false,
        );
        if (taken) return node;
      }
      return undefined;
    };
    const node = await until(takenBy, { timeoutMs: withinMs, everyMs: 300 });
    if (node === undefined) throw new Error(`none of ${nodes.join(', ')} took ${key} within ${withinMs} ms`);
    return node;
  }

  async keysAt(node: string): Promise<readonly string[]> {
    const rows = await this.on(node, (session) => session.transaction((open) => open.selectWhere(TABLE), 'read-only'));
    return rows.map(({ key }) => key);
  }

  private async on<T>(node: string, work: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await this.cluster.open('sql', node, { process: 0, timeoutMs: TIMEOUT_MS });
    return work(session).finally(() => session.close());
  }
}
