import { describe, expect, it } from 'vitest';
import { TimeoutError } from '../wait.js';
import { classifyConnecting, ClosedError } from './connection-errors.js';
import { classifyMysql, KNOWN_MYSQL_ERRORS } from './mysql-errors.js';
import { classifyPostgres, KNOWN_POSTGRES_ERRORS } from './postgres-errors.js';

const postgres = (code: string, severity = 'ERROR') => Object.assign(new Error('said'), { code, severity });
const mysql = (errno: number) => Object.assign(new Error('said'), { errno, sqlState: 'HY000', code: 'ER_X' });

describe('errors of PostgreSQL', () => {
  it('are definite before COMMIT was sent', () => {
    expect(classifyPostgres(postgres('40001'), 'before-commit')).toMatchObject({
      outcome: 'fail',
      code: 'serialization-failure',
    });
    expect(classifyPostgres(postgres('57P01', 'FATAL'), 'before-commit').outcome).toBe('fail');
    expect(classifyPostgres(postgres('XX000'), 'before-commit')).toMatchObject({ outcome: 'fail', code: 'sql-XX000' });
  });

  it('in answer to COMMIT are definite only where they come before the commit record', () => {
    const atCommit = (code: string, severity?: string) => classifyPostgres(postgres(code, severity), 'commit').outcome;
    expect(atCommit('40001')).toBe('fail');
    expect(atCommit('23505')).toBe('fail');
    expect(atCommit('40003')).toBe('info');
    expect(atCommit('57P01', 'FATAL')).toBe('info');
    // The same state from a backend that ends: it may have ended behind the record.
    expect(atCommit('40001', 'FATAL')).toBe('info');
    expect(atCommit('53100')).toBe('info');
  });
});

describe('errors of MySQL', () => {
  it('are definite before COMMIT was sent', () => {
    expect(classifyMysql(mysql(1205), 'before-commit')).toMatchObject({ outcome: 'fail', code: 'lock-timeout' });
    expect(classifyMysql(mysql(9999), 'before-commit')).toMatchObject({ outcome: 'fail', code: 'sql-9999' });
  });

  it('in answer to COMMIT are definite only where the product decided against the transaction', () => {
    const atCommit = (errno: number) => classifyMysql(mysql(errno), 'commit').outcome;
    expect([1213, 1047, 3101, 1290, 1836].map(atCommit)).toEqual(Array(5).fill('fail'));
    expect([1180, 3100, 1205, 1053, 1927, 9999].map(atCommit)).toEqual(Array(6).fill('info'));
  });
});

describe.each([
  ['PostgreSQL', classifyPostgres],
  ['MySQL', classifyMysql],
])('a connection of %s', (_name, classify) => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' });

  it('lost before COMMIT was sent takes the transaction with it; lost afterwards, nobody knows', () => {
    expect(classify(reset, 'before-commit')).toMatchObject({ outcome: 'fail', code: 'connection-lost' });
    expect(classify(reset, 'commit')).toMatchObject({ outcome: 'info', code: 'commit-lost' });
    expect(classify('odd', 'commit').outcome).toBe('info');
  });

  it('that does not answer in time leaves the outcome open', () => {
    expect(classify(new TimeoutError('x'), 'before-commit')).toMatchObject({ outcome: 'info', code: 'timeout' });
    expect(classify(new TimeoutError('x'), 'commit')).toMatchObject({ outcome: 'info', code: 'timeout' });
  });

  it('closed on our side sends nothing', () => {
    expect(classify(new ClosedError('x'), 'commit')).toMatchObject({ outcome: 'fail', code: 'closed' });
  });
});

describe('a failure to connect', () => {
  const refusal = classifyPostgres(postgres('57P03', 'FATAL'), 'before-commit');

  it('is definite, and says what it was', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    expect(classifyConnecting(refused, refusal)).toMatchObject({ outcome: 'fail', code: 'refused' });
    expect(classifyConnecting(new TimeoutError('x'), refusal)).toMatchObject({ code: 'connect-timeout' });
    expect(classifyConnecting(new Error('x'), refusal)).toMatchObject({ outcome: 'fail', code: 'starting' });
  });
});

describe('the tables of errors', () => {
  it('argue for every entry', () => {
    for (const { because, code } of [...KNOWN_POSTGRES_ERRORS, ...KNOWN_MYSQL_ERRORS]) {
      expect(because.length).toBeGreaterThan(20);
      expect(code).toMatch(/^[a-z-]+$/);
    }
  });
});
