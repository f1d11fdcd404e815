import type { KvAction, KvCondition, KvEntry, KvOutcome } from '../system.js';

/**
 * etcd's JSON gateway: bytes are base64, 64-bit integers decimal strings, and fields with their default value are left
 * out. Only what is used here.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An answer that is not what the protocol says; what the request did is unknown. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

export function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** A range over one key. */
export function keyRange(key: string, serializable: boolean): JsonObject {
  return { key: encode(key), serializable };
}

/** A range over all keys that begin with `prefix`: up to, not including, the prefix with its last byte raised by one. */
export function prefixRange(prefix: string, serializable: boolean): JsonObject {
  // The key "\0" as both bounds means every key.
  if (prefix === '') return { key: encode('\0'), range_end: encode('\0'), serializable };
  const end = Buffer.from(prefix, 'utf8');
  // UTF-8 has no byte 0xff, so the last byte can always be raised.
  end[end.length - 1]! += 1;
  return { key: encode(prefix), range_end: end.toString('base64'), serializable };
}

export function compare(condition: KvCondition): JsonObject {
  const key = encode(condition.key);
  switch (condition.kind) {
    case 'value':
      return { key, target: 'VALUE', result: 'EQUAL', value: encode(condition.value) };
    case 'revision':
      return { key, target: 'MOD', result: 'EQUAL', mod_revision: String(condition.revision) };
    case 'absent':
      return { key, target: 'CREATE', result: 'EQUAL', create_revision: '0' };
  }
}

export function operation(action: KvAction, serializable: boolean): JsonObject {
  switch (action.kind) {
    case 'get':
      return { request_range: keyRange(action.key, serializable) };
    case 'get-prefix':
      return { request_range: prefixRange(action.prefix, serializable) };
    case 'put':
      return { request_put: { key: encode(action.key), value: encode(action.value) } };
    case 'delete':
      return { request_delete_range: { key: encode(action.key) } };
  }
}

export function entriesOf(range: JsonObject): readonly KvEntry[] {
  return list(range['kvs']).map((item) => {
    const kv = object(item);
    return {
      key: text(kv['key']),
      value: text(kv['value']),
      version: integer(kv['version']),
      revision: integer(kv['mod_revision']),
    };
  });
}

/** The outcome of a transaction, whose answers must be as many, and of the kinds, as the branch that ran. */
export function outcomeOf(answer: JsonObject, then: readonly KvAction[], otherwise: readonly KvAction[]): KvOutcome {
  const succeeded = answer['succeeded'] === true;
  const branch = succeeded ? then : otherwise;
  const responses = list(answer['responses']);
  if (responses.length !== branch.length) {
    throw new MalformedAnswer(`${responses.length} responses to ${branch.length} actions`);
  }
  const results = branch.map((action, i) => {
    if (action.kind === 'put' || action.kind === 'delete') return [];
    return entriesOf(object(object(responses[i])['response_range']));
  });
  return { succeeded, results };
}

export function object(value: unknown): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new MalformedAnswer(`an object expected, got ${JSON.stringify(value)?.slice(0, 80)}`);
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new MalformedAnswer(`a list expected, got ${JSON.stringify(value).slice(0, 80)}`);
}

/** An empty value is left out of the answer. */
function text(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return Buffer.from(value, 'base64').toString('utf8');
  throw new MalformedAnswer('base64 text expected');
}

function integer(value: unknown): number {
  const number = Number(value ?? 0);
  if (Number.isSafeInteger(number)) return number;
  throw new MalformedAnswer('an integer expected');
}
