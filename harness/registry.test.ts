import { describe, expect, it } from 'vitest';
import { checkers, models, nemeses, systems, workloads } from './registry.js';

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

describe('the registry', () => {
  it('names every member once, in one style, with a summary', async () => {
    const kinds = [
      await Promise.all(Object.values(systems).map((load) => load())),
      workloads,
      nemeses,
      checkers,
      models,
    ];
    for (const members of kinds) {
      const names = members.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name, summary } of members) {
        expect(name).toMatch(kebab);
        expect(summary.length).toBeGreaterThan(20);
      }
    }
  });

  it('has a required checker for every workload: nothing passes unjudged', () => {
    for (const workload of workloads) {
      const options = workload.options.parse({}) as Readonly<Record<string, never>>;
      expect(workload.checkers(options).filter(({ required }) => required)).not.toEqual([]);
      expect(workload.operations).not.toEqual([]);
    }
  });

  it('describes every option and gives it a default', async () => {
    const all = await Promise.all(Object.values(systems).map((load) => load()));
    for (const { name, options } of [...all, ...workloads]) {
      expect(options.safeParse({}).success, name).toBe(true);
      for (const [option, type] of Object.entries(options.shape)) {
        expect((type as { description?: string }).description, `${name}.${option}`).toBeTruthy();
      }
    }
  });

  it('runs every workload on some system, and every system loads by its own name', async () => {
    const all = await Promise.all(Object.entries(systems).map(async ([name, load]) => [name, await load()] as const));
    for (const [name, system] of all) expect(system.name).toBe(name);
    const families = all.flatMap(([, system]) => [...system.families]);
    for (const { name, clients } of workloads) {
      expect(
        families.some((family) => clients[family] !== undefined),
        name,
      ).toBe(true);
    }
  });
});
