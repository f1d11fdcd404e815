import type { z } from 'zod';
import type { Json } from '../history/operation.js';
import { UserError } from '../kit/errors.js';
import { suggestion } from '../kit/suggest.js';

/** `--set` arguments by owner: `isolation=serializable` belongs to the system, `bank.accounts=5` to the workload bank. */
export interface Settings {
  readonly system: ReadonlyMap<string, string>;
  readonly workloads: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Sorts `--set name=value` and `--set workload.name=value`. */
export function parseSettings(given: readonly string[], workloadNames: readonly string[]): Settings {
  const system = new Map<string, string>();
  const workloads = new Map<string, Map<string, string>>(workloadNames.map((name) => [name, new Map()]));
  for (const setting of given) {
    const [, owner, name, value] = /^(?:([^.=]+)\.)?([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined) throw new UserError(`--set ${setting}: expected name=value or workload.name=value`);
    if (owner === undefined) {
      system.set(name, value);
      continue;
    }
    const options = workloads.get(owner);
    if (!options)
      throw new UserError(`--set ${setting}: no workload ${owner} in this test${suggestion(owner, workloadNames)}`);
    options.set(name, value);
  }
  return { system, workloads };
}

/** Options with defaults filled in; a typo or an impossible value is one line naming what is possible. */
export function resolveOptions(
  schema: z.ZodObject,
  given: ReadonlyMap<string, string>,
  owner: string,
): Readonly<Record<string, Json>> {
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  const raw: Record<string, unknown> = {};
  for (const [name, text] of given) {
    if (!Object.hasOwn(shape, name)) {
      throw new UserError(
        `--set ${name}=${text}: ${owner} has no option ${name}${suggestion(name, Object.keys(shape))}`,
      );
    }
    raw[name] = readValue(shape[name], text, `--set ${name}=${text}: ${owner}`);
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data as Record<string, Json>;
  const { path, message } = parsed.error.issues[0];
  throw new UserError(`--set ${path.join('.')}=${given.get(String(path[0])) ?? '…'}: ${owner}: ${message}`);
}

/** The text itself where the option takes text (so `version=3.4` stays `"3.4"`), otherwise what it means as JSON. */
function readValue(type: z.ZodType, text: string, where: string): unknown {
  const asText = type.safeParse(text);
  if (asText.success) return text;
  const asJson = type.safeParse(parseJson(text));
  if (asJson.success) return parseJson(text);
  const { message } = (Number.isNaN(Number(text)) ? asText : asJson).error.issues[0];
  throw new UserError(`${where}: ${message}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `a,b,c` or repeated flags, without empty entries and repeats. */
export function names(given: readonly string[]): readonly string[] {
  return [...new Set(given.flatMap((text) => text.split(',')).map((text) => text.trim()))].filter(
    (text) => text !== '',
  );
}

/** `10` or `2n` (per node). */
export function parseConcurrency(text: string, nodes: number): number {
  const [, digits, perNode] = /^(\d+)(n?)$/.exec(text) ?? [];
  const concurrency = Number(digits) * (perNode === 'n' ? nodes : 1);
  if (digits === undefined || concurrency < 1 || concurrency > 10_000) {
    throw new UserError(
      `--concurrency ${text}: expected a number from 1 to 10000, or a multiple of the nodes such as 2n`,
    );
  }
  return concurrency;
}
