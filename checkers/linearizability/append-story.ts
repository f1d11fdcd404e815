import type { Facts, Stretch, Told } from './append-facts.js';
import type { Texts } from './append-values.js';
import { CAS, NO_VALUE, READ, type RegisterOperations, WRITE } from './registers.js';

/** Operations that contradict each other where no text is repeated. */
export interface Contradicting {
  readonly contradicting: readonly number[];
}

/** A read is of a stretch, or an append is the one that a stretch shows at a place. */
export type Choice =
  | { readonly read: number; readonly source: number }
  | { readonly stretch: number; readonly place: number; readonly op: number };

/** Comparing what is open with all stretches may take so many steps. */
const MOST_COMPARISONS = 5_000_000;

/**
 * Which write each read goes back to, and which append each part of what it shows is. Certain where every text is
 * written once; otherwise what is certain so far, to which choices are added.
 */
export class AppendStory {
  private constructor(
    private readonly facts: Facts,
    private readonly stretches: readonly Stretch[],
    /** Source of each read, −1 while it is open. */
    private readonly sourceOf: Int32Array,
    /** Appends that some stretch shows. */
    private readonly used: Uint8Array,
  ) {}

  /** What is certain at first. */
  static of({ stretches, ...facts }: Told): AppendStory {
    const { partition, reads } = facts;
    return new AppendStory(facts, stretches, new Int32Array(reads.length).fill(-1), new Uint8Array(partition.count));
  }

  /** The same with one choice made. */
  with(choice: Choice): AppendStory {
    const stretches = this.stretches.map((one) => ({ ...one, appends: [...one.appends] }));
    const next = new AppendStory(this.facts, stretches, this.sourceOf.slice(), this.used.slice());
    if ('read' in choice) next.takeSource(choice.read, choice.source);
    else next.takeAppend(choice.stretch, choice.place, choice.op);
    return next;
  }

  /** Draws every conclusion. Undefined: nothing is open. Otherwise the choices of which one must be right. */
  settle(): readonly Choice[] | Contradicting | undefined {
    const { reads } = this.facts;
    for (let isFirst = true; ; isFirst = false) {
      let open: readonly Choice[] | undefined;
      let hasChanged = false;
      for (let read = 0; read < reads.length; read++) {
        if (this.sourceOf[read] !== -1) continue;
        const { sources } = reads[read];
        // What is certain is told first, and what is open is compared with it.
        if (isFirst && sources.length > 1) {
          hasChanged = true;
          continue;
        }
        const possible = sources.flatMap((_, source) => (this.canBeOf(read, source) ? [{ read, source }] : []));
        if (possible.length === 0) return this.contradicting(read);
        if (possible.length === 1) {
          this.takeSource(read, possible[0].source);
          hasChanged = true;
        } else if (open === undefined || possible.length < open.length) open = possible;
      }
      for (let stretch = 0; stretch < this.stretches.length; stretch++) {
        const { appends } = this.stretches[stretch];
        for (let place = appends.indexOf(-1); place !== -1; place = appends.indexOf(-1, place + 1)) {
          const possible = this.appendsAt(stretch, place);
          if (possible.length === 0) return { contradicting: this.shown(stretch, place) };
          if (possible.length === 1) {
            this.takeAppend(stretch, place, possible[0].op);
            hasChanged = true;
          } else if (open === undefined || possible.length < open.length) open = possible;
        }
      }
      if (!hasChanged) return open;
    }
  }

  /** Whether a read can be of one of its sources: so far as texts, real time and what is certain of other stretches tell. */
  private canBeOf(read: number, source: number): boolean {
    const { reads, calls, returns } = this.facts;
    const { op, sources } = reads[read];
    const { stretch: number, texts } = sources[source];
    const stretch = this.stretches[number];
    const { write, texts: known } = stretch;
    if (sources.length === 1) return agree(known, texts);
    if (write !== -1 && returns[op] < calls[write]) return false;
    if (!agree(known, texts)) return false;
    return this.canReach(number, Math.min(stretch.first, returns[op]), Math.max(stretch.last, calls[op]));
  }

  /** Two stretches contradict each other where each must come first. */
  private canReach(number: number, first: number, last: number): boolean {
    if (this.stretches.length * this.facts.reads.length > MOST_COMPARISONS) return true;
    return this.stretches.every((other, at) => at === number || !(first < other.last && other.first < last));
  }

  private appendsAt(stretch: number, place: number): readonly { stretch: number; place: number; op: number }[] {
    const { calls, returns, appends: byText } = this.facts;
    const { texts, appends, write, first, last } = this.stretches[stretch];
    const all = byText.get(texts.all[place])!;
    const before = place === 0 ? write : appends[place - 1];
    const possible = all.filter((op) => {
      if (this.used[op] === 1) return false;
      if (all.length === 1) return true;
      if (before !== -1 && returns[op] < calls[before]) return false;
      return this.canReach(stretch, Math.min(first, returns[op]), Math.max(last, calls[op]));
    });
    return possible.map((op) => ({ stretch, place, op }));
  }

  /** A read that can be of no stretch, and what shows that of the first that it could be of. */
  private contradicting(read: number): Contradicting {
    const { op, sources } = this.facts.reads[read];
    const [{ stretch, texts }] = sources;
    return { contradicting: [op, ...this.shown(stretch), ...this.appendsOf(texts)] };
  }

  /** What shows a stretch, and the others in which the append at a place stands. */
  private shown(stretch: number, place?: number): number[] {
    const { write, read, texts } = this.stretches[stretch];
    const own = [write, read, ...this.appendsOf(texts)].filter((op) => op !== -1);
    if (place === undefined) return own;
    const rivals = this.facts.appends.get(texts.all[place])!;
    const others = this.stretches.flatMap(({ appends }, other) =>
      other !== stretch && rivals.some((op) => appends.includes(op)) ? this.shown(other) : [],
    );
    return [...own, ...others];
  }

  private appendsOf({ all, count }: Texts): number[] {
    return all.slice(0, count).flatMap((one) => this.facts.appends.get(one)!);
  }

  private takeSource(read: number, source: number): void {
    const { reads, calls, returns } = this.facts;
    const { op, sources } = reads[read];
    const { stretch: number, texts } = sources[source];
    const stretch = this.stretches[number];
    this.sourceOf[read] = source;
    if (texts.count >= stretch.texts.count) {
      stretch.texts = texts;
      stretch.read = op;
      while (stretch.appends.length < texts.count) stretch.appends.push(-1);
    }
    stretch.first = Math.min(stretch.first, returns[op]);
    stretch.last = Math.max(stretch.last, calls[op]);
  }

  private takeAppend(number: number, place: number, op: number): void {
    const { calls, returns } = this.facts;
    const stretch = this.stretches[number];
    stretch.appends[place] = op;
    this.used[op] = 1;
    stretch.first = Math.min(stretch.first, returns[op]);
    stretch.last = Math.max(stretch.last, calls[op]);
  }

  /** What is told, as a register without appends; when nothing is open. */
  register(): RegisterOperations {
    const { partition, calls, returns, reads } = this.facts;
    const { count, events, invocations, name } = partition;
    const kinds = new Uint8Array(count).fill(WRITE);
    const from = new Int32Array(count).fill(NO_VALUE);
    const to = new Int32Array(count).fill(NO_VALUE);
    const firstOf: number[] = [];
    let values = 0;
    for (const { write, appends } of this.stretches) {
      firstOf.push(values);
      if (write !== -1) to[write] = values;
      values++;
      for (const op of appends) {
        kinds[op] = CAS;
        from[op] = values - 1;
        to[op] = values++;
      }
    }
    for (const [read, { op, sources }] of reads.entries()) {
      const { stretch, texts } = sources[this.sourceOf[read]];
      kinds[op] = READ;
      from[op] = firstOf[stretch] + texts.count;
    }
    for (let op = 0; op < count; op++) if (kinds[op] === WRITE && to[op] === NO_VALUE) to[op] = values++;
    return { name, count, kinds, from, to, calls, returns, events, invocations, values };
  }

  /** Operations on the stretches of some values of {@link register}. */
  operationsOn(values: readonly number[]): number[] {
    const { kinds, from, to, count } = this.register();
    const stretchOf = this.stretches.flatMap(({ appends }, stretch) => [stretch, ...appends.map(() => stretch)]);
    const numberOf = (value: number) => stretchOf[value] ?? this.stretches.length + value;
    const wanted = new Set(values.map(numberOf));
    const ops: number[] = [];
    for (let op = 0; op < count; op++) if (wanted.has(numberOf(kinds[op] === READ ? from[op] : to[op]))) ops.push(op);
    return ops;
  }
}

/** Whether one begins with the other. */
function agree(one: Texts, other: Texts): boolean {
  if (one.all === other.all) return true;
  const length = Math.min(one.count, other.count);
  for (let at = 0; at < length; at++) if (one.all[at] !== other.all[at]) return false;
  return true;
}
