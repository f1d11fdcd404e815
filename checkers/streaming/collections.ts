import type { Json, Operation } from '../../harness/history/operation.js';
import type { Anomaly, StreamingChecker } from '../checker.js';
import { text } from '../models/values.js';
import { duplicatesAre } from '../queue.js';
import { UNLIMITED } from '../checker.js';
import { IdSet } from './id-set.js';
import { type Ended, eventsOf, type StreamContext, type Watcher, watching, who } from './watch.js';

/** Elements of a key: who was asked for, and who certainly never went in. */
class Elements {
  private readonly asked = new IdSet();
  /** Asked for more than once: by one of those attempts they may be there, whatever became of another. */
  private readonly askedAgain = new IdSet();

  ask(element: Json): void {
    if (this.asked.has(element)) this.askedAgain.add(element);
    this.asked.add(element);
  }

  /** An attempt failed: the only one, or one of several. */
  refuse(element: Json): void {
    if (!this.askedAgain.has(element)) this.asked.delete(element);
  }

  isUnexpected(element: Json): boolean {
    return !this.asked.hasForgotten && !this.asked.has(element);
  }
}

/** Sets: elements in a read that nobody added, or twice. Memory: a bit by element. */
export function streamSet(): StreamingChecker {
  return watching(new SetWatch());
}

class SetWatch implements Watcher {
  private readonly elements = new Map<string | undefined, Elements>();

  invoked({ f, key, value }: Operation): undefined {
    if (f === 'add') this.of(key).ask(value);
  }

  failed({ invocation: { f, key, value } }: Ended): undefined {
    if (f === 'add') this.of(key).refuse(value);
  }

  ok(operation: Ended): Anomaly | undefined {
    const { invocation, completion } = operation;
    if (invocation.f !== 'read' || !Array.isArray(completion.value)) return undefined;
    const elements = this.of(invocation.key);
    const seen = new Set<string>();
    for (const element of completion.value as readonly Json[]) {
      const name = text(element);
      const isTwice = seen.has(name);
      if (!isTwice && !elements.isUnexpected(element)) {
        seen.add(name);
        continue;
      }
      return {
        kind: isTwice ? 'duplicate-elements' : 'unexpected',
        sentence: `The read by ${who(completion)} shows ${name}${isTwice ? ' twice' : ', which no add can have put there'}.`,
        operations: eventsOf(operation),
        details: { streaming: true },
      };
    }
    return undefined;
  }

  private of(key: string | undefined): Elements {
    let elements = this.elements.get(key);
    if (elements === undefined) this.elements.set(key, (elements = new Elements()));
    return elements;
  }
}

/** Queues: elements that nobody enqueued, and where an element may come out only once, those that came out twice. */
export function streamQueue(context: StreamContext): StreamingChecker {
  return watching(new QueueWatch(duplicatesAre({ ...context, budget: UNLIMITED })));
}

class QueueWatch implements Watcher {
  private readonly elements = new Elements();
  private readonly out = new IdSet();
  private readonly twice = new IdSet();
  private readonly enqueued = new IdSet();

  constructor(private readonly duplicates: 'allowed' | 'forbidden') {}

  invoked({ f, value }: Operation): undefined {
    if (f !== 'enqueue') return;
    this.elements.ask(value);
    // Enqueued more than once, it may come out as often.
    if (this.enqueued.has(value)) this.twice.add(value);
    this.enqueued.add(value);
  }

  failed(operation: Ended): Anomaly | undefined {
    const { f, value } = operation.invocation;
    if (f !== 'enqueue' || this.twice.has(value)) return undefined;
    this.elements.refuse(value);
    if (!this.out.has(value)) return undefined;
    return this.anomaly(operation, 'unexpected', `Element ${text(value)} was dequeued, but its enqueue failed`);
  }

  ok(operation: Ended): Anomaly | undefined {
    const { invocation, completion } = operation;
    if (invocation.f !== 'dequeue' && invocation.f !== 'drain') return undefined;
    const { value } = completion;
    const taken = Array.isArray(value) ? (value as readonly Json[]) : value === null ? [] : [value];
    for (const element of taken) {
      const name = text(element);
      if (this.elements.isUnexpected(element)) {
        return this.anomaly(
          operation,
          'unexpected',
          `Element ${name} was dequeued, which no enqueue can have put there`,
        );
      }
      const isAgain = this.out.has(element) && !this.twice.has(element) && !this.enqueued.hasForgotten;
      if (isAgain && this.duplicates === 'forbidden') {
        return this.anomaly(operation, 'duplicated', `Element ${name} was dequeued twice, and enqueued once`);
      }
      this.out.add(element);
    }
    return undefined;
  }

  private anomaly(operation: Ended, kind: string, says: string): Anomaly {
    const sentence = `${says} (${who(operation.completion)}).`;
    return { kind, sentence, operations: eventsOf(operation), details: { streaming: true } };
  }
}
