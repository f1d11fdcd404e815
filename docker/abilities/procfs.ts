import type { ProcessStatus } from '../system.js';

/**
 * Parses lines of /proc/<pid>/stat (proc(5)). Fields are counted from the last parenthesis, because a command name may
 * contain spaces and parentheses. Torn lines, of processes that ended meanwhile, are left out.
 */
export function parseStats(text: string): readonly ProcessStatus[] {
  return text.split('\n').flatMap((line) => {
    const open = line.indexOf('(');
    const close = line.lastIndexOf(')');
    if (open < 1 || close < open) return [];
    const rest = line.slice(close + 2).split(' ');
    // After the name: state is field 3, utime and stime 14 and 15, starttime 22.
    if (rest.length < 20) return [];
    return [
      {
        pid: Number(line.slice(0, open)),
        command: line.slice(open + 1, close),
        state: rest[0]!,
        cpuTicks: Number(rest[11]) + Number(rest[12]),
        startTicks: Number(rest[19]),
      },
    ];
  });
}

/** Processes with one of these names that are not dead; the kernel keeps 15 characters of a name. */
export function living(processes: readonly ProcessStatus[], names: readonly string[]): readonly ProcessStatus[] {
  const kept = new Set(names.map((name) => name.slice(0, 15)));
  return processes.filter(({ command, state }) => kept.has(command) && state !== 'Z' && state !== 'X');
}
