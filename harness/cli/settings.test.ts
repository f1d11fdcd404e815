import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { names, parseConcurrency, parseSettings, resolveOptions } from './settings.js';

const schema = z
  .object({
    version: z.enum(['3.4', '3.5']).default('3.4'),
    accounts: z.number().int().min(2).default(8),
    plain: z.boolean().default(false),
    upper: z.number().default(10),
  })
  .refine(({ accounts, upper }) => accounts <= upper, { path: ['upper'], error: 'must not be below accounts' });

const resolve = (...given: [string, string][]) => resolveOptions(schema, new Map(given), 'etcd');

describe('--set', () => {
  it('sorts options by owner', () => {
    const settings = parseSettings(['reads=serializable', 'bank.accounts=5', 'x=a=b'], ['bank']);
    expect([...settings.system]).toEqual([
      ['reads', 'serializable'],
      ['x', 'a=b'],
    ]);
    expect([...settings.workloads.get('bank')!]).toEqual([['accounts', '5']]);
  });

  it('says what is wrong with a setting, and what was probably meant', () => {
    expect(() => parseSettings(['reads'], [])).toThrow('--set reads: expected name=value');
    expect(() => parseSettings(['bnak.accounts=5'], ['bank', 'register'])).toThrow('did you mean bank?');
    expect(() => resolve(['verison', '3.4'])).toThrow('etcd has no option verison; did you mean version?');
  });

  it('reads text, numbers and booleans as the option wants them', () => {
    expect(resolve(['version', '3.5'], ['accounts', '3'], ['plain', 'true'])).toMatchObject({
      version: '3.5',
      accounts: 3,
      plain: true,
    });
    expect(resolve()).toMatchObject({ version: '3.4', accounts: 8, plain: false });
  });

  it('refuses impossible values with the option and what is possible', () => {
    expect(() => resolve(['version', '9'])).toThrow(/--set version=9: etcd: .*"3.4"\|"3.5"/);
    expect(() => resolve(['accounts', '1'])).toThrow(/--set accounts=1: etcd: .*>=2/);
    expect(() => resolve(['accounts', 'many'])).toThrow(/--set accounts=many/);
    expect(() => resolve(['upper', '3'])).toThrow('--set upper=3: etcd: must not be below accounts');
  });
});

describe('lists and numbers', () => {
  it('takes names with commas, repeats and empty ones', () => {
    expect(names(['bank,register', 'bank', ' ,inventory'])).toEqual(['bank', 'register', 'inventory']);
  });

  it('takes concurrency per node or as a number', () => {
    expect(parseConcurrency('2n', 5)).toBe(10);
    expect(parseConcurrency('7', 5)).toBe(7);
    for (const bad of ['0', '-1', 'n', '2m', '1e9', '99999999']) {
      expect(() => parseConcurrency(bad, 5)).toThrow('--concurrency');
    }
  });
});
