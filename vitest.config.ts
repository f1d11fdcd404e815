import { defineConfig } from 'vitest/config';

const everywhere = ['harness', 'docker', 'nemesis', 'workloads', 'checkers', 'reports', 'scripts', 'bench'];
const matching = (suffix: string) => everywhere.map((room) => `${room}/**/*.${suffix}`);
const reserved = [...matching('docker.test.ts'), ...matching('browser.test.ts')];

export default defineConfig({
  test: {
    // Both of two cores; by default one would be left to the watcher that a person has open.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: [...matching('test.ts'), ...matching('test.tsx')],
          exclude: reserved,
          testTimeout: 120_000,
        },
      },
      {
        // One engine, two cores: clusters are started one after the other.
        test: {
          name: 'docker',
          include: matching('docker.test.ts'),
          setupFiles: ['docker/testing/no-leftovers.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: matching('browser.test.ts'),
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
