import type { SqlRow, SqlSession } from '../docker/system.js';

/** Inserts rows where they are missing: setting up twice must not change what is there. All or nothing. */
export async function ensureRows(session: SqlSession, table: string, rows: readonly SqlRow[]): Promise<void> {
  await session.transaction(async (transaction) => {
    const present = await transaction.selectKeys(
      table,
      rows.map(({ key }) => key),
    );
    const keys = new Set(present.map(({ key }) => key));
    for (const row of rows) if (!keys.has(row.key)) await transaction.insert(table, row);
  });
}
