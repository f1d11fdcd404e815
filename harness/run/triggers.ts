import type { Cluster } from '../../docker/system.js';
import type { Operation } from '../history/operation.js';
import type { Clock } from '../kit/clock.js';
import type { ScheduledFault, Trigger } from './plan.js';
import type { TriggerWatch } from './scheduled-faults.js';

/** How often the cluster is asked who leads while a fault waits for another leader. */
const ASK_MS = 100;

/** An aimed fault that waits for its moment. */
interface Waiting {
  readonly fault: ScheduledFault;
  why: string | undefined;
}

/** Waits for what aimed faults wait for: looks at every event of the run, at who leads, and at the nodes' logs. */
export class Triggers implements TriggerWatch {
  private readonly waiting = new Map<number, Waiting>();
  private readonly invocations = new Map<string, number>();
  private leaders: readonly string[] | undefined;
  private readonly ended = new AbortController();
  private readonly unfollow: Promise<() => void>[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
  ) {}

  /** To be told of every event as it is recorded. */
  observe(event: Operation): void {
    if (event.process === 'nemesis') return;
    if (event.type === 'invoke') {
      for (const f of ['', event.f]) this.invocations.set(f, (this.invocations.get(f) ?? 0) + 1);
    }
    if (event.type !== 'info') return;
    const what = `${event.f}${event.node === undefined ? '' : ` on ${event.node}`}: ${event.error ?? 'unknown outcome'}`;
    this.fire('first-info', () => `first unknown outcome (${what})`);
  }

  fired(fault: ScheduledFault): string | undefined {
    const { request, trigger } = fault;
    if (trigger === undefined) return 'no trigger';
    const known = this.waiting.get(request.id);
    if (known === undefined) {
      this.waiting.set(request.id, { fault, why: undefined });
      this.begin(trigger);
    }
    if (trigger.kind === 'invocations') return this.reached(trigger);
    return known?.why;
  }

  /** Sentences about aimed faults of a schedule that never came about. */
  unfired(schedule: readonly ScheduledFault[]): readonly string[] {
    return schedule
      .filter((fault) => fault.trigger !== undefined && this.fired(fault) === undefined)
      .map(({ request, trigger }) => {
        const { id, kind, target } = request;
        return `fault ${id} (${kind} ${target}) never began: ${describeTrigger(trigger!)} did not happen`;
      });
  }

  close(): void {
    this.ended.abort();
    for (const each of this.unfollow) each.then((stop) => stop()).catch(() => undefined);
  }

  private reached({ count, f = '' }: Trigger & { kind: 'invocations' }): string | undefined {
    const seen = this.invocations.get(f) ?? 0;
    return seen < count ? undefined : `${seen} ${f === '' ? '' : `${f} `}invocations`;
  }

  private begin(trigger: Trigger): void {
    if (this.ended.signal.aborted) return;
    if (trigger.kind === 'leader-changed' && this.leaders === undefined) {
      this.leaders = [];
      void this.watchLeaders();
    }
    if (trigger.kind === 'log-line' && this.unfollow.length === 0 && this.cluster.abilities.logs !== undefined) {
      this.unfollow.push(
        this.cluster.abilities.logs.follow((node, line) =>
          this.fire('log-line', (wanted) =>
            line.includes(wanted.text) ? `${node} logged: ${line.trim()}` : undefined,
          ),
        ),
      );
    }
  }

  /** Compares with whoever led when the watch began; nobody leading is not another leader. */
  private async watchLeaders(): Promise<void> {
    const { signal } = this.ended;
    while (!signal.aborted) {
      const now = await this.cluster.primaries().catch(() => []);
      const before = this.leaders ?? [];
      const newcomer = now.find((node) => !before.includes(node));
      if (before.length > 0 && newcomer !== undefined) {
        this.fire('leader-changed', () => `leader changed from ${before.join(' ')} to ${newcomer}`);
      }
      if (now.length > 0) this.leaders = now;
      await this.clock.sleep(ASK_MS, signal);
    }
  }

  private fire<K extends Trigger['kind']>(kind: K, why: (trigger: Trigger & { kind: K }) => string | undefined): void {
    for (const each of this.waiting.values()) {
      const { trigger } = each.fault;
      if (trigger?.kind === kind) each.why ??= why(trigger as Trigger & { kind: K });
    }
  }
}

/** In plain words, for messages. */
export function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'leader-changed':
      return 'a change of leader';
    case 'first-info':
      return 'an operation without known outcome';
    case 'invocations':
      return `invocation ${trigger.count}${trigger.f === undefined ? '' : ` of ${trigger.f}`}`;
    case 'log-line':
      return `a log line with “${trigger.text}”`;
  }
}
