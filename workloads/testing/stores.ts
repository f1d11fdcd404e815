import type { Drive } from './drive.js';
import { FakeLock, type LockBug } from './fake-lock.js';
import { FakeQueue, type QueueBug } from './fake-queue.js';
import { FakeSql, type FakeSqlOptions } from './fake-sql.js';

type Store = Pick<Drive, 'family' | 'store'>;

/** The part of a {@link Drive} that says where it runs. Tables, strictly serializable unless said otherwise. */
export function onSql(options: Pick<FakeSqlOptions, 'isolation' | 'bug'> = {}): Store {
  return { family: 'sql', store: (tools) => new FakeSql({ ...tools, ...options }) };
}

export function onQueue(bug?: QueueBug): Store {
  return { family: 'queue', store: (tools) => new FakeQueue({ ...tools, ...(bug && { bug }) }) };
}

export function onLock(bug?: LockBug): Store {
  return { family: 'lock', store: (tools) => new FakeLock({ ...tools, ...(bug && { bug }) }) };
}
