import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Json } from '../history/operation.js';
import { parseDurationMs } from '../kit/duration.js';
import { messageOf, UserError } from '../kit/errors.js';
import { suggestion } from '../kit/suggest.js';
import type { Trigger } from './plan.js';
import { lineOfError } from './stored-json.js';

/** A fault as a schedule file asks for it. */
export interface AskedFault {
  /** `faults.json[2]`, for messages. */
  readonly where: string;
  readonly kind: string;
  /** Absent: the nemesis' first. */
  readonly target?: string;
  /** Nodes to take before all others; the rest of the order is drawn. */
  readonly nodes: readonly string[];
  readonly options?: Readonly<Record<string, Json>>;
  readonly atMs: number;
  readonly forMs: number;
  readonly trigger?: Trigger;
}

/**
 * Reads a schedule file: an array of faults, or a plan.json whose schedule is meant. A fault is written as in a plan, or
 * `{"at": "5s", "for": "3s", "fault": "kill", "target": "leader", "nodes": ["n2"], "options": {…}, "when": …}`, where
 * `when` is `leader-changed`, `first-info`, `{"invocations": 500, "f": "write"}` or `{"log-line": "text"}`. Throws a
 * {@link UserError} with file and index.
 */
export async function readScheduleFile(path: string, kinds: readonly string[]): Promise<readonly AskedFault[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(`--schedule ${path}: ${messageOf(error)}`, undefined, { cause: error });
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const line = lineOfError(text, error as Error);
    throw new UserError(`--schedule ${path}:${line}: not JSON: ${messageOf(error)}`, undefined, { cause: error });
  }
  const list = Array.isArray(parsed) ? (parsed as unknown[]) : (parsed as { schedule?: unknown } | null)?.schedule;
  if (!Array.isArray(list)) throw new UserError(`--schedule ${path}: expected an array of faults, or a plan.json`);
  return list.map((entry: unknown, at) => readFault(entry, `${path}[${at}]`, kinds));
}

function readFault(entry: unknown, where: string, kinds: readonly string[]): AskedFault {
  const planned = typeof entry === 'object' && entry !== null && 'request' in entry;
  const parsed = planned ? PLANNED.safeParse(entry) : WRITTEN.safeParse(entry);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    const place = path.map((part) => `.${String(part)}`).join('');
    throw new UserError(`${where}${place}: ${message}`);
  }
  const fault = { where, ...parsed.data };
  if (kinds.includes(fault.kind)) return fault;
  throw new UserError(`${where}.fault: unknown nemesis ${fault.kind}${suggestion(fault.kind, kinds)}`);
}

const duration = z.union([z.string(), z.number()], 'expected a duration such as "5s"').transform((given, context) => {
  const ms = typeof given === 'number' ? given * 1000 : parseDurationMs(given);
  if (ms !== undefined && ms >= 0) return ms;
  context.addIssue({ code: 'custom', message: `expected a duration such as "5s", not ${JSON.stringify(given)}` });
  return z.NEVER;
});

const ms = z.number().min(0);
const options = z.record(z.string(), z.json());
const count = z.number().int().positive();

const trigger = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('leader-changed') }),
  z.strictObject({ kind: z.literal('first-info') }),
  z.strictObject({ kind: z.literal('invocations'), count, f: z.string().optional() }),
  z.strictObject({ kind: z.literal('log-line'), text: z.string().min(1) }),
]);

const WHEN = 'expected "leader-changed", "first-info", {"invocations": 500, "f": "write"} or {"log-line": "text"}';
const when = z.union(
  [
    z.enum(['leader-changed', 'first-info']).transform((kind) => ({ kind })),
    z
      .strictObject({ invocations: count, f: z.string().optional() })
      .transform(({ invocations, f }) => ({ kind: 'invocations', count: invocations, ...(f !== undefined && { f }) })),
    z
      .strictObject({ 'log-line': z.string().min(1) })
      .transform((given) => ({ kind: 'log-line', text: given['log-line'] })),
  ],
  WHEN,
);

/** As people write it. */
const WRITTEN = z
  .strictObject(
    {
      at: duration.default(0),
      for: duration,
      fault: z.string('expected the name of a nemesis'),
      target: z.string().optional(),
      nodes: z.array(z.string()).default([]),
      options: options.optional(),
      when: when.optional(),
    },
    {
      error: (issue) =>
        issue.code === 'invalid_type' ? 'expected a fault: {"at": "5s", "for": "3s", "fault": "kill"}' : undefined,
    },
  )
  .transform(({ at, for: length, fault, when: trigger, ...rest }) => ({
    ...rest,
    kind: fault,
    atMs: at,
    forMs: length,
    ...(trigger !== undefined && { trigger: trigger as Trigger }),
  }));

/** As a plan has it. Numbers are given anew, by when the faults begin. */
const PLANNED = z
  .strictObject({
    request: z.strictObject({
      id: z.number().optional(),
      kind: z.string(),
      target: z.string(),
      order: z.array(z.string()),
      options: options.optional(),
    }),
    atMs: ms,
    forMs: ms,
    trigger: trigger.optional(),
  })
  .transform(({ request: { kind, target, order, options: settings }, atMs, forMs, trigger: waits }) => ({
    ...{ kind, target, nodes: order, atMs, forMs },
    ...(settings !== undefined && { options: settings }),
    ...(waits !== undefined && { trigger: waits as Trigger }),
  }));
