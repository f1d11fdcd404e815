import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { workloads } from './registry.js';

const page = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'workloads.md'), 'utf8');

/** An option as the page lists it: `name=default`, and its description. */
function lineOf(name: string, type: z.ZodType, preset: unknown): string {
  const assignment = preset === undefined ? name : `${name}=${String(preset)}`;
  return `- \`${assignment}\`: ${type.description ?? ''}`;
}

describe('docs/workloads.md', () => {
  it.each(workloads.map((workload) => [workload.name, workload] as const))(
    'describes %s as it is',
    (name, workload) => {
      const section = page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
      const families = Object.keys(workload.clients);
      const defaults = workload.options.parse({}) as Readonly<Record<string, unknown>>;
      const options = Object.entries(workload.options.shape as Readonly<Record<string, z.ZodType>>);
      const judges = workload.checkers({}).map(({ checker }) => `\`${checker.name}\``);
      const expected = [
        `Runs on ${families.join(', ')}. Operations: ${workload.operations.map((f) => `\`${f}\``).join(', ')}. ` +
          `Judged by ${judges.join(', ')}.`,
        ...options.map(([option, type]) => lineOf(option, type, defaults[option])),
      ];
      for (const line of expected) expect(section.split('\n')).toContain(line);
    },
  );

  it('describes nothing else', () => {
    const sections = [...page.matchAll(/^## ([a-z-]+)$/gm)].map(([, name]) => name);
    expect(sections.toSorted()).toEqual(workloads.map(({ name }) => name).toSorted());
  });
});
