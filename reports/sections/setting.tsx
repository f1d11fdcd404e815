import type { ComponentChildren } from 'preact';
import type { Plan } from '../../harness/run/plan.js';
import { compact } from '../describe.js';
import { count, duration, inline, plural } from '../text.js';
import type { View } from '../view.js';
import { Value } from './section.js';

type Entry = readonly [name: string, value: ComponentChildren];

/** Everything that decided the run, and the command that repeats it. */
export function Setting({ view: { plan, results } }: { view: View }) {
  const lag = results.eventLoopLag;
  const entries = plan === undefined ? [] : planEntries(plan);
  if (lag !== undefined) {
    const figures = `p50 ${lag.p50Ms.toFixed(1)} ms, p99 ${lag.p99Ms.toFixed(1)} ms, most ${lag.maxMs.toFixed(1)} ms`;
    entries.push(['Event loop lag of the harness', `${figures}; widens intervals, never narrows them`]);
  }
  return (
    <>
      {entries.length > 0 && <h3>Setting</h3>}
      <dl class="setting">
        {entries.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {plan !== undefined && (
        <div class="command">
          <h3 id="repeat">Repeat this run</h3>
          <div class="copy">
            <pre class="scroll" tabindex={0} aria-labelledby="repeat">
              <code>{inline(plan.command, 2_000)}</code>
            </pre>
            <button type="button" data-copy hidden>
              Copy
            </button>
          </div>
        </div>
      )}
    </>
  );
}

function planEntries(plan: Plan): Entry[] {
  const { system, workloads, nemeses } = plan;
  const clients = workloads.map(({ name, concurrency }) => `${inline(name, 60)} (${plural(concurrency, 'client')})`);
  const phases = [
    `warm-up ${duration(plan.warmUpMs * 1e6)}`,
    `faults ${duration(plan.timeLimitMs * 1e6)}`,
    `recovery ${duration(plan.recoveryMs * 1e6)}`,
  ];
  return [
    ['Database', `${inline(system.name, 60)}, ${plural(system.nodes, 'node')}`],
    ['Options', <Value>{inline(compact(system.options), 400)}</Value>],
    ...Object.entries(system.versions).map(([image, version]): Entry => [
      inline(image, 120),
      <Value>{inline(version, 200)}</Value>,
    ]),
    ['Workloads', clients.join(', ')],
    ['Nemeses', nemeses.map((name) => inline(name, 60)).join(', ') || 'none'],
    ['Rate, operation timeout', `${count(plan.rateHz)} operations/s, ${duration(plan.operationTimeoutMs * 1e6)}`],
    ['Phases', phases.join(', ')],
    ['Seed', <Value>{plan.seed}</Value>],
    [
      'Run',
      <>
        <Value>{inline(plan.runId, 100)}</Value> {inline(plan.createdAt, 60)}, Faultline{' '}
        {inline(plan.faultlineVersion, 40)}
      </>,
    ],
  ];
}
