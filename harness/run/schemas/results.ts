import { z } from 'zod';
import { count, json, outcome, record, time } from './values.js';

const drawing = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('lanes'),
    linearized: z.array(z.number()).optional(),
    obstacles: z.array(z.object({ index: z.number(), reason: z.string() })).optional(),
  }),
  z.object({
    kind: z.literal('cycle'),
    nodes: z.array(z.object({ name: z.string(), label: z.string(), index: z.number() })),
    edges: z.array(z.object({ from: z.number(), to: z.number(), relation: z.string(), because: z.string() })),
  }),
  z.object({
    kind: z.literal('series'),
    label: z.string(),
    times: z.array(z.number()),
    values: z.array(z.number()),
    expected: z.number().optional(),
    markedTime: z.number().optional(),
  }),
]);

const key = json.optional();
const premise = z
  .discriminatedUnion('fact', [
    z.object({ fact: z.literal('writers'), key, value: json }),
    z.object({ fact: z.literal('all'), f: z.array(z.string()), key, before: z.number().optional() }),
    z.object({
      fact: z.literal('sources'),
      key,
      value: json,
      since: z.number().optional(),
      before: z.number().optional(),
    }),
    z.object({ fact: z.literal('updates'), model: z.string(), key, part: z.string().optional(), before: z.number() }),
    z.object({ fact: z.literal('read-modify-writes') }),
    z.object({
      fact: z.literal('between'),
      f: z.array(z.string()),
      key,
      process: z.number(),
      after: z.number(),
      before: z.number(),
    }),
    z.object({ fact: z.literal('later'), f: z.array(z.string()), key, after: z.number() }),
    z.object({ fact: z.literal('session'), process: z.number(), first: z.number(), last: z.number() }),
    z.object({ fact: z.literal('answers'), f: z.array(z.string()), key, value: json }),
    z.object({ fact: z.literal('unknown'), f: z.array(z.string()) }),
    z.object({
      fact: z.literal('amounts'),
      f: z.string(),
      key,
      sign: z.union([z.literal(1), z.literal(-1)]),
      of: z.enum(['invoked', 'acknowledged']),
      before: z.number(),
      sum: json,
    }),
    z.object({ fact: z.literal('initial'), key, value: json }),
    z.object({ fact: z.literal('option'), name: z.string(), value: json }),
  ])
  .meta({ id: 'Premise' });

const anomaly = z
  .object({
    kind: z.string().meta({ description: "the field's name: nonlinearizable, G-single-item, lost-order…" }),
    sentence: z.string(),
    operations: z.array(z.number()).meta({ description: 'indices of the history’s events that prove it' }),
    premises: z.array(premise).optional().meta({ description: 'what else the proof rests on' }),
    proven: z.boolean().optional().meta({ description: 'whether operations and premises alone proved it anew' }),
    unproven: z.string().optional().meta({ description: 'why it was not proven anew' }),
    explanation: z.array(z.string()).optional(),
    rulesOut: z.array(z.string()).optional(),
    drawing: drawing.optional(),
    details: record.optional(),
  })
  .meta({ id: 'Anomaly' });

const judgement = {
  details: record,
  checked: z.array(z.string()),
  notChecked: z.array(z.string()),
  rests: z.object({ observations: count, operations: count }).optional().meta({
    description: 'how many acknowledged answers could have contradicted the condition, of how many operations',
  }),
};
const verdict = z.discriminatedUnion('validity', [
  z.object({ ...judgement, validity: z.literal('valid'), anomalies: z.array(anomaly) }),
  z.object({ ...judgement, validity: z.literal('invalid'), anomalies: z.tuple([anomaly], anomaly) }),
  z.object({ ...judgement, validity: z.literal('unknown'), reason: z.string(), anomalies: z.array(anomaly) }),
]);

const evidence = z
  .object({ what: z.string(), expected: z.string(), measured: z.string(), bit: z.boolean() })
  .meta({ id: 'Evidence' });

export const faultRequest = z.object({
  id: z.int(),
  kind: z.string(),
  target: z.string(),
  order: z.array(z.string()),
  options: record.optional(),
});

const fault = faultRequest.extend({
  description: z.string(),
  nodes: z.array(z.string()),
  firedBy: z.string().optional(),
  requestedTime: time,
  injectedTime: time.optional(),
  healedTime: time.optional(),
  leadersBefore: z.array(z.string()),
  leadersAfter: z.array(z.string()),
  evidence: z.array(evidence),
  effective: z.boolean(),
  healing: z.array(evidence),
  healed: z.boolean(),
  window: z.object({ inFlight: count, ok: count, fail: count, info: count }),
  recoveryNs: z.number().optional(),
  recoveries: z
    .array(z.object({ workload: z.string().optional(), f: z.string(), recoveryNs: z.number().optional() }))
    .optional()
    .meta({ description: 'from heal until each kind of operation succeeded again' }),
  error: z.string().optional(),
});

const place = z.object({ check: z.int(), anomaly: z.int() });

/** results.json of a run. */
export const resultsSchema = z.object({
  formatVersion: z.int(),
  runId: z.string(),
  outcome,
  sentence: z.string().meta({ description: 'what a person reads first' }),
  checks: z.array(
    z.object({
      workload: z.string().optional(),
      checker: z.string(),
      required: z.boolean().meta({ description: 'whether the run is valid only if this check says so' }),
      verdict,
      durationMs: z.number(),
    }),
  ),
  groups: z
    .array(z.object({ root: place, follows: z.array(place) }))
    .optional()
    .meta({ description: 'violations with what follows from them, that of the headline first' }),
  faults: z.array(fault),
  phases: z.array(
    z.object({ name: z.enum(['warm-up', 'faults', 'recovery', 'final']), startTime: time, endTime: time }),
  ),
  counts: z.array(
    z.object({
      workload: z.string().optional(),
      f: z.string(),
      phase: z.string(),
      ok: count,
      fail: count,
      info: count,
    }),
  ),
  errors: z.array(z.object({ code: z.string(), count, example: z.string() })),
  eventLoopLag: z.object({ p50Ms: z.number(), p99Ms: z.number(), maxMs: z.number() }).optional(),
  notes: z.array(z.string()),
  harnessError: z.string().optional(),
});

export { json };
