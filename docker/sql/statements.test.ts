import { describe, expect, it } from 'vitest';
import type { Statements } from './dialect.js';
import { mysqlDialect } from './mysql-dialect.js';
import { postgresDialect } from './postgres-dialect.js';

const postgres = postgresDialect.statements;
const mysql = mysqlDialect.statements;

/** Each statement in both products' text, with the values that both send. */
const CASES: readonly {
  readonly name: string;
  readonly make: (statements: Statements) => { readonly text: string; readonly values: readonly unknown[] };
  readonly postgres: string;
  readonly mysql: string;
  readonly values: readonly unknown[];
}[] = [
  {
    name: 'select',
    make: (s) => s.select('t', 'k', 'none'),
    postgres: 'SELECT * FROM "t" WHERE "key" = $1',
    mysql: 'SELECT * FROM `t` WHERE `key` = ?',
    values: ['k'],
  },
  {
    name: 'select for update',
    make: (s) => s.select('t', 'k', 'update'),
    postgres: 'SELECT * FROM "t" WHERE "key" = $1 FOR UPDATE',
    mysql: 'SELECT * FROM `t` WHERE `key` = ? FOR UPDATE',
    values: ['k'],
  },
  {
    name: 'select of several keys',
    make: (s) => s.selectKeys('t', ['a', 'b'], 'update'),
    postgres: 'SELECT * FROM "t" WHERE "key" IN ($1, $2) ORDER BY "key" FOR UPDATE',
    mysql: 'SELECT * FROM `t` WHERE `key` IN (?, ?) ORDER BY `key` FOR UPDATE',
    values: ['a', 'b'],
  },
  {
    name: 'select by a column',
    make: (s) => s.selectWhere('t', { column: 'group', equals: 3 }, 'none'),
    postgres: 'SELECT * FROM "t" WHERE "group" = $1 ORDER BY "key"',
    mysql: 'SELECT * FROM `t` WHERE `group` = ? ORDER BY `key`',
    values: [3],
  },
  {
    name: 'select of everything',
    make: (s) => s.selectWhere('t', undefined, 'none'),
    postgres: 'SELECT * FROM "t" ORDER BY "key"',
    mysql: 'SELECT * FROM `t` ORDER BY `key`',
    values: [],
  },
  {
    name: 'insert',
    make: (s) => s.insert('t', { key: 'k', columns: { a: 1, b: null } }),
    postgres: 'INSERT INTO "t" ("key", "a", "b") VALUES ($1, $2, $3)',
    mysql: 'INSERT INTO `t` (`key`, `a`, `b`) VALUES (?, ?, ?)',
    values: ['k', 1, null],
  },
  {
    name: 'put',
    make: (s) => s.put('t', { key: 'k', columns: { a: 1, b: 'x' } }),
    postgres:
      'INSERT INTO "t" ("key", "a", "b") VALUES ($1, $2, $3) ON CONFLICT ("key") DO UPDATE SET "a" = $4, "b" = $5',
    mysql: 'INSERT INTO `t` (`key`, `a`, `b`) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE `a` = ?, `b` = ?',
    values: ['k', 1, 'x', 1, 'x'],
  },
  {
    name: 'put of a key alone',
    make: (s) => s.put('t', { key: 'k', columns: {} }),
    postgres: 'INSERT INTO "t" ("key") VALUES ($1) ON CONFLICT ("key") DO UPDATE SET "key" = "t"."key"',
    mysql: 'INSERT INTO `t` (`key`) VALUES (?) ON DUPLICATE KEY UPDATE `key` = `key`',
    values: ['k'],
  },
  {
    name: 'update on a condition',
    make: (s) => s.update('t', 'k', { a: 1, b: 2 }, { column: 'stock', atLeast: 5 }),
    postgres: 'UPDATE "t" SET "a" = $1, "b" = $2 WHERE "key" = $3 AND "stock" >= $4',
    mysql: 'UPDATE `t` SET `a` = ?, `b` = ? WHERE `key` = ? AND `stock` >= ?',
    values: [1, 2, 'k', 5],
  },
  {
    name: 'update on a value (compare and set)',
    make: (s) => s.update('t', 'k', { value: 'new' }, { column: 'value', equals: 'old' }),
    postgres: 'UPDATE "t" SET "value" = $1 WHERE "key" = $2 AND "value" = $3',
    mysql: 'UPDATE `t` SET `value` = ? WHERE `key` = ? AND `value` = ?',
    values: ['new', 'k', 'old'],
  },
  {
    name: 'add',
    make: (s) => s.add('t', 'k', 'balance', -5),
    postgres: 'UPDATE "t" SET "balance" = "balance" + $1 WHERE "key" = $2',
    mysql: 'UPDATE `t` SET `balance` = `balance` + ? WHERE `key` = ?',
    values: [-5, 'k'],
  },
  {
    name: 'append',
    make: (s) => s.append('t', 'k', 'list', '1,', { other: 2 }),
    postgres:
      'INSERT INTO "t" ("key", "list", "other") VALUES ($1, $2, $3) ON CONFLICT ("key") DO UPDATE SET "list" = coalesce("t"."list", \'\') || $4',
    mysql:
      "INSERT INTO `t` (`key`, `list`, `other`) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE `list` = concat(coalesce(`list`, ''), ?)",
    values: ['k', '1,', 2, '1,'],
  },
  {
    name: 'delete',
    make: (s) => s.delete('t', 'k'),
    postgres: 'DELETE FROM "t" WHERE "key" = $1',
    mysql: 'DELETE FROM `t` WHERE `key` = ?',
    values: ['k'],
  },
];

describe.each(CASES)('$name', (statement) => {
  it('is written for PostgreSQL', () =>
    expect(statement.make(postgres)).toEqual({ text: statement.postgres, values: statement.values }));
  it('is written for MySQL', () =>
    expect(statement.make(mysql)).toEqual({ text: statement.mysql, values: statement.values }));
});

describe('create table', () => {
  const make = (statements: Statements) =>
    statements.createTable('t', { name: 'text', list: 'text', number: 'integer' }, ['name']).map(({ text }) => text);

  it('is written for PostgreSQL', () =>
    expect(make(postgres)).toEqual([
      'CREATE TABLE IF NOT EXISTS "t" ("key" TEXT PRIMARY KEY, "name" TEXT, "list" TEXT, "number" BIGINT)',
      'CREATE INDEX IF NOT EXISTS "t_name" ON "t" ("name")',
    ]));

  it('is written for MySQL, which has no CREATE INDEX IF NOT EXISTS and bounds what is indexed', () =>
    expect(make(mysql)).toEqual([
      'CREATE TABLE IF NOT EXISTS `t` (`key` VARCHAR(191) PRIMARY KEY, `name` VARCHAR(191), `list` LONGTEXT, `number` BIGINT, INDEX (`name`)) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    ]));
});

describe('the beginning of a transaction', () => {
  it('names the isolation level where the product can', () => {
    expect(postgresDialect.begin('repeatable-read', 'read-write').text).toBe('BEGIN ISOLATION LEVEL REPEATABLE READ');
    expect(postgresDialect.begin('serializable', 'read-only').text).toBe(
      'BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY',
    );
    expect(mysqlDialect.begin('serializable', 'read-write').text).toBe('START TRANSACTION');
    expect(mysqlDialect.begin('serializable', 'read-only').text).toBe('START TRANSACTION READ ONLY');
  });
});

describe('names', () => {
  it('are quoted, whatever is in them', () => {
    expect(postgres.delete('a"; DROP TABLE b; --', 'k').text).toBe(
      'DELETE FROM "a""; DROP TABLE b; --" WHERE "key" = $1',
    );
    expect(mysql.delete('a`b', 'k').text).toBe('DELETE FROM `a``b` WHERE `key` = ?');
  });

  it.each([
    ['too long for PostgreSQL, which would cut it', () => postgres.delete('x'.repeat(64), 'k')],
    ['empty', () => mysql.delete('', 'k')],
    ['with a zero byte', () => mysql.delete('a\0b', 'k')],
    ['of a column, the primary key', () => postgres.insert('t', { key: 'k', columns: { key: 1 } })],
    ['of an index, without its column', () => postgres.createTable('t', { a: 'text' }, ['b'])],
    ['appended to and set at once', () => postgres.append('t', 'k', 'a', 'x', { a: 'y' })],
    ['of no column at all in an update', () => postgres.update('t', 'k', {})],
  ])('are refused: %s', (_reason, make) => expect(make).toThrow(RangeError));
});
