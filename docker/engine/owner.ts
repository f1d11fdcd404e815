import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Identifies a harness process beyond its pid, which may be reused: boot, pid namespace, pid and start time.
 * Written on everything a run makes, so that the janitor can tell leftovers from what is in use.
 */
export interface Owner {
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** Clock ticks after boot. */
  readonly startTicks: number;
}

export function self(): Owner {
  return { ...place(), pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0 };
}

export function formatOwner(owner: Owner): string {
  return [owner.bootId, owner.pidNamespace, owner.pid, owner.startTicks].join('/');
}

export function parseOwner(text: string): Owner | undefined {
  const parts = /^([^/]*)\/([^/]*)\/(\d+)\/(\d+)$/.exec(text);
  if (!parts) return undefined;
  return { bootId: parts[1]!, pidNamespace: parts[2]!, pid: Number(parts[3]), startTicks: Number(parts[4]) };
}

/**
 * `foreign`: another boot or another pid namespace (a harness in a container sharing this engine), of which nothing
 * can be said by looking at processes here.
 */
export function stateOf(owner: Owner): 'alive' | 'dead' | 'foreign' {
  const here = place();
  if (owner.bootId !== here.bootId || owner.pidNamespace !== here.pidNamespace) return 'foreign';
  return startTicksOf(owner.pid) === owner.startTicks ? 'alive' : 'dead';
}

/** Start time of a living process in clock ticks after boot; undefined when there is none. A zombie is not alive. */
export function startTicksOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command name stands in parentheses and may itself contain spaces and parentheses: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19]);
}

function place(): Pick<Owner, 'bootId' | 'pidNamespace'> {
  let pidNamespace = '';
  try {
    pidNamespace = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    // Not Linux: boot id and namespace are both empty and pids are compared alone.
  }
  return { bootId: read('/proc/sys/kernel/random/boot_id')?.trim() ?? '', pidNamespace };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
