import Table from 'cli-table3';
import pc from 'picocolors';
import type { z } from 'zod';
import { checkers, models, nemeses, systems, workloads } from '../registry.js';
import { command } from './command.js';

const KINDS = ['systems', 'workloads', 'nemeses', 'checkers', 'models'] as const;

export const listCommand = command({
  command: 'list [what]',
  describe: 'What there is: systems, workloads, nemeses, checkers and models, with their options',
  options: { what: { choices: KINDS, describe: 'only one kind' } },
  run: async ({ what }) => {
    for (const kind of what ? [what] : KINDS) {
      console.log(pc.bold(kind));
      console.log(await TABLES[kind]());
    }
  },
});

const TABLES: Readonly<Record<(typeof KINDS)[number], () => Promise<string> | string>> = {
  systems: async () => {
    const all = await Promise.all(Object.values(systems).map((load) => load()));
    return table(all.map((system) => [system.name, system.summary, optionsOf(system.options)]));
  },
  workloads: () => table(workloads.map((workload) => [workload.name, workload.summary, optionsOf(workload.options)])),
  nemeses: () => table(nemeses.map((nemesis) => [nemesis.name, nemesis.summary, reachOf(nemesis)])),
  checkers: () => table(checkers.map((checker) => [checker.name, checker.summary, ''])),
  models: () => table(models.map((model) => [model.name, model.summary, model.operations.join(', ')])),
};

/** Targets, those that happen only when asked for by name, and options. */
function reachOf({ targets, targetsOnRequest = [], options }: (typeof nemeses)[number]): string {
  const onRequest = targetsOnRequest.length > 0 ? [`only when asked for: ${targetsOnRequest.join(', ')}`] : [];
  return [targets.join(', '), ...onRequest, ...(options === undefined ? [] : [optionsOf(options)])].join('\n');
}

/** `name = default: description`, an option a line. */
function optionsOf(schema: z.ZodObject): string {
  const defaults = schema.parse({}) as Readonly<Record<string, unknown>>;
  return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>)
    .map(([name, type]) => {
      const initial = defaults[name] === undefined ? '' : ` = ${JSON.stringify(defaults[name])}`;
      return `${name}${initial}: ${type.description ?? ''}`;
    })
    .join('\n');
}

function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(80, Math.min(160, process.stdout.columns ?? 120));
  const hasThird = rows.some((row) => row[2] !== '');
  const rest = width - 26;
  const output = new Table({
    colWidths: hasThird ? [26, Math.floor(rest / 2), Math.ceil(rest / 2)] : [30, rest],
    wordWrap: true,
    style: { head: [], border: process.stdout.isTTY ? ['dim'] : [] },
  });
  for (const row of rows) output.push(hasThird ? [...row] : [row[0], row[1]]);
  return output.toString();
}
