import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Who may import whom. A rule applies to the files whose path begins with `room`; the longest match wins. `may` lists
 * path prefixes (of this repository) besides the room itself, `packages` the npm packages; Node's own modules are free.
 */
const RULES: readonly Rule[] = [
  {
    room: 'harness/kit/',
    may: [],
    packages: ['pure-rand', 'picocolors', 'pretty-ms', 'pretty-bytes', 'fastest-levenshtein'],
  },
  { room: 'harness/history/', may: ['harness/kit/'], packages: ['fastest-levenshtein'] },
  { room: 'harness/generator/', may: ['harness/history/', 'harness/kit/'], packages: [] },
  {
    room: 'harness/run/',
    may: [
      'harness/history/',
      'harness/generator/',
      'harness/kit/',
      'harness/checking/',
      'docker/system.ts',
      'nemesis/nemesis.ts',
      'workloads/workload.ts',
      'checkers/checker.ts',
      'checkers/claim.ts',
    ],
    packages: ['zod'],
  },
  {
    room: 'harness/simulated/',
    may: ['harness/history/', 'harness/generator/', 'harness/kit/', 'docker/system.ts'],
    packages: ['zod'],
  },
  {
    room: 'harness/explore/',
    may: [
      'harness/history/',
      'harness/generator/',
      'harness/kit/',
      'harness/run/',
      'docker/system.ts',
      'nemesis/nemesis.ts',
      'workloads/workload.ts',
      'checkers/checker.ts',
    ],
    packages: [],
  },
  {
    room: 'harness/archive/',
    may: [
      'harness/history/',
      'harness/kit/',
      'harness/run/plan.ts',
      'harness/run/store.ts',
      'harness/run/stored-json.ts',
      'harness/run/schemas/',
    ],
    packages: ['zod'],
  },
  {
    room: 'harness/suite/',
    may: [
      'harness/history/',
      'harness/kit/',
      'harness/run/plan.ts',
      'harness/run/store.ts',
      'harness/run/stored-json.ts',
      'harness/run/schemas/',
      'checkers/checker.ts',
    ],
    packages: ['yaml', 'zod', 'execa'],
  },
  {
    room: 'harness/serve/',
    may: [
      'harness/archive/',
      'harness/history/',
      'harness/kit/',
      'harness/run/plan.ts',
      'harness/run/store.ts',
      'reports/',
    ],
    packages: ['zod'],
  },
  {
    room: 'harness/checking/',
    may: [
      'harness/history/',
      'harness/kit/',
      'checkers/checker.ts',
      'checkers/observations.ts',
      'checkers/witness/witness.ts',
    ],
    packages: [],
  },
  { room: 'harness/checkers.ts', may: ['checkers/'], packages: [] },
  { room: 'harness/checker-of.ts', may: ['harness/', 'workloads/', 'checkers/'], packages: [] },
  { room: 'harness/registry.ts', may: ['docker/', 'nemesis/', 'workloads/', 'checkers/', 'harness/'], packages: [] },
  {
    room: 'harness/cli/',
    may: [
      'harness/',
      'reports/',
      'checkers/checker.ts',
      'checkers/model.ts',
      'checkers/option-rules.ts',
      'docker/system.ts',
      'docker/engine/',
      'nemesis/compose.ts',
      'workloads/workload.ts',
    ],
    packages: [
      'yargs',
      'picocolors',
      'log-update',
      'cli-table3',
      'zod',
      'pretty-ms',
      'pretty-bytes',
      'fastest-levenshtein',
      'execa',
    ],
  },
  { room: 'checkers/', may: ['harness/history/', 'harness/kit/'], packages: ['pure-rand'] },
  {
    room: 'docker/engine/',
    may: ['harness/kit/', 'docker/system.ts', 'docker/wait.ts'],
    packages: ['dockerode', 'execa', 'pretty-bytes'],
  },
  { room: 'docker/', may: ['harness/kit/', 'docker/'], packages: ['zod', 'undici', 'execa'] },
  { room: 'docker/sql/', may: ['harness/kit/', 'docker/system.ts', 'docker/wait.ts'], packages: ['pg', 'mysql2'] },
  { room: 'docker/system.ts', may: ['docker/ability.ts', 'harness/kit/clock.ts'], packages: ['zod'] },
  {
    room: 'nemesis/',
    may: ['harness/history/', 'harness/generator/', 'harness/kit/', 'docker/system.ts'],
    packages: ['fastest-levenshtein', 'zod'],
  },
  {
    room: 'workloads/',
    may: ['harness/history/', 'harness/generator/', 'harness/kit/', 'docker/system.ts', 'checkers/'],
    packages: ['zod'],
  },
  {
    room: 'reports/',
    may: [
      'harness/history/',
      'harness/kit/',
      'checkers/checker.ts',
      'harness/run/plan.ts',
      'harness/run/schemas/',
      'harness/suite/suite.ts',
      'harness/suite/schema.ts',
      'harness/archive/archive.ts',
      'harness/archive/metrics.ts',
    ],
    packages: [
      'preact',
      'zod',
      'preact-render-to-string',
      '@dagrejs/dagre',
      'chart.js',
      'junit-report-builder',
      'picocolors',
      'cli-table3',
      'esbuild',
      'pretty-ms',
      'pretty-bytes',
    ],
  },
];

interface Rule {
  readonly room: string;
  readonly may: readonly string[];
  readonly packages: readonly string[];
}

describe('the rooms', () => {
  const sources = [...new Set(RULES.map((rule) => rule.room.split('/')[0]))].flatMap(sourcesBelow);

  it('import one way only', () => {
    expect(sources.length).toBeGreaterThan(30);
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  it('keep dockerode inside the engine', () => {
    const users = sources.filter((file) => packagesOf(file).includes('dockerode'));
    expect(users.filter((file) => !file.startsWith('docker/engine/'))).toEqual([]);
    expect(users.length).toBeGreaterThan(0);
  });

  it('have every import of a source file resolve to a file', () => {
    const missing = sources.flatMap((file) => importsOf(file).filter((target) => !existsSync(join(root, target))));
    expect(missing).toEqual([]);
  });
});

describe('the import rule', () => {
  it('refuses a checker that imports Docker', () => {
    expect(verdictOn('checkers/bank/bank.ts', 'docker/system.ts')).toBe(false);
    expect(verdictOn('checkers/bank/bank.ts', 'harness/history/history.ts')).toBe(true);
  });

  it('prefers the longest room', () => {
    expect(verdictOn('docker/system.ts', 'docker/engine/engine.ts')).toBe(false);
    expect(verdictOn('docker/cluster.ts', 'docker/engine/engine.ts')).toBe(true);
  });
});

function forbiddenImports(file: string): string[] {
  const rule = ruleFor(file);
  if (!rule) return [`${file} belongs to no room`];
  const inside = importsOf(file).filter((target) => !verdictOn(file, target));
  const outside = packagesOf(file).filter((name) => !rule.packages.includes(name));
  return [...inside, ...outside].map((target) => `${file} → ${target}`);
}

function verdictOn(file: string, target: string): boolean {
  const rule = ruleFor(file);
  if (!rule) return false;
  return [rule.room, ...rule.may].some(
    (prefix) => target.startsWith(prefix) || target.startsWith(prefix.replace(/\.ts$/, '/')),
  );
}

function ruleFor(file: string): Rule | undefined {
  return RULES.filter((rule) => file.startsWith(rule.room)).sort((a, b) => b.room.length - a.room.length)[0];
}

/** Source files of a room, tests and their helpers left out: those may import what they test against. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'testing' ? [] : sourcesBelow(path);
    return /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) ? [path] : [];
  });
}

function specifiersOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'|(?:^|\n)\s*import\s+'([^']+)'/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3]);
}

function importsOf(file: string): string[] {
  return specifiersOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => {
      const target = relative(root, resolve(root, dirname(file), specifier));
      const asTypeScript = target.replace(/\.js$/, '.ts');
      return existsSync(join(root, asTypeScript)) ? asTypeScript : target.replace(/\.js$/, '.tsx');
    });
}

function packagesOf(file: string): string[] {
  return specifiersOf(file)
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}
