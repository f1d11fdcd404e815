import { NONE } from '../../../harness/history/history.js';
import type { Facts } from './facts.js';

/** Some participants of a history, by local numbers in the order of their invocation; reads from others are left out. */
export class Part {
  readonly length: number;
  /** How many events they have. */
  readonly events: number;
  /** By local event: its version. */
  private readonly versions: Int32Array;
  private readonly makes: Uint8Array;
  /** By member, one entry more: where its local events begin. */
  private readonly starts: Int32Array;
  private readonly locals: ReadonlyMap<number, number>;

  constructor(
    readonly facts: Facts,
    /** Numbers of participants, ascending. */
    readonly members: Int32Array,
  ) {
    this.length = members.length;
    this.locals = new Map(Array.from(members, (member, local) => [member, local]));
    this.starts = new Int32Array(members.length + 1);
    const versions: number[] = [];
    const makes: number[] = [];
    members.forEach((member, local) => {
      for (let event = facts.eventStarts[member]; event < facts.eventStarts[member + 1]; event++) {
        const version = facts.events[event];
        if (version < facts.owners.length && !this.locals.has(facts.owners[version])) continue;
        versions.push(version);
        makes.push(facts.makes[event]);
      }
      this.starts[local + 1] = versions.length;
    });
    this.versions = Int32Array.from(versions);
    this.makes = Uint8Array.from(makes);
    this.events = versions.length;
  }

  eachEvent(member: number, visit: (event: number, previous: number | undefined) => void): void {
    for (let event = this.starts[member]; event < this.starts[member + 1]; event++)
      visit(event, event > this.starts[member] ? event - 1 : undefined);
  }

  reads(event: number): boolean {
    return this.makes[event] === 0;
  }

  version(event: number): number {
    return this.versions[event];
  }

  /** The member that made the version of an event; undefined for the initial state. */
  sourceOf(event: number): number | undefined {
    const { owners } = this.facts;
    const version = this.versions[event];
    return version < owners.length ? this.locals.get(owners[version]) : undefined;
  }

  keyOf(event: number): number {
    return keyOf(this.facts, this.versions[event]);
  }

  writes(member: number): boolean {
    for (let event = this.starts[member]; event < this.starts[member + 1]; event++) if (this.makes[event]) return true;
    return false;
  }

  /** Whether a member writes the key that an event reads or writes. */
  writesKeyOf(member: number, event: number): boolean {
    const key = this.keyOf(event);
    for (let own = this.starts[member]; own < this.starts[member + 1]; own++)
      if (this.makes[own] && this.keyOf(own) === key) return true;
    return false;
  }

  /** What its members wrote and read, key by key. */
  keys(): KeyOfPart[] {
    const keys = new Map<number, KeyOfPart>();
    const of = (key: number): KeyOfPart => {
      const known = keys.get(key);
      if (known) return known;
      const own: KeyOfPart = { placed: [], open: [], readers: new Map() };
      keys.set(key, own);
      return own;
    };
    for (let member = 0; member < this.length; member++) {
      this.eachEvent(member, (event) => {
        const own = of(this.keyOf(event));
        const version = this.versions[event];
        const access = { member, event, version };
        if (this.makes[event]) (this.facts.places[version] === NONE ? own.open : own.placed).push(access);
        else own.readers.set(version, [...(own.readers.get(version) ?? []), access]);
      });
    }
    for (const { placed } of keys.values())
      placed.sort((a, b) => this.facts.places[a.version] - this.facts.places[b.version]);
    return [...keys.values()];
  }
}

export interface AccessOfPart {
  readonly member: number;
  readonly event: number;
  readonly version: number;
}

export interface KeyOfPart {
  /** Writes whose order is known, in that order; after them those whose order is open. */
  readonly placed: AccessOfPart[];
  readonly open: AccessOfPart[];
  /** By version. */
  readonly readers: Map<number, AccessOfPart[]>;
}

/** The key of a version. */
export function keyOf({ owners, writeKeys }: Facts, version: number): number {
  return version < owners.length ? writeKeys[version] : version - owners.length;
}
