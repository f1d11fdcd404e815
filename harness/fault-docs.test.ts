import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nemeses } from './registry.js';

const docs = ['faults.md', 'backups.md'].map((file) =>
  readFileSync(new URL(`../docs/${file}`, import.meta.url), 'utf8'),
);

it.each(nemeses.map(({ name }) => name))('%s is documented', (name) => {
  expect(docs.join('\n')).toContain(`\`${name}\``);
});
