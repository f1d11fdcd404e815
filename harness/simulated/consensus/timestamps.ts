import type { Behaviour } from '../behaviour.js';
import type { Command } from '../state/command.js';
import type { Log } from './log.js';

/** As far back a careless oracle begins again. */
const NOTED_EVERY = 200;

/** Numbers for writes where timestamps decide which of two is the later one. */
export class Timestamps {
  private latest = 0;

  constructor(private readonly order: Behaviour['order']) {}

  /**
   * Goes on after what the log has. A careless oracle notes only now and then what it handed out, and begins again at
   * its note; a correct one would skip to the end of the noted stretch.
   */
  begin(log: Log): void {
    if (this.order !== 'restarting-timestamps') return;
    let used = 0;
    for (let index = 1; index < log.length; index++) {
      const { command } = log.at(index);
      if (command?.kind === 'kv') used = Math.max(used, command.timestamp ?? 0);
    }
    this.latest = Math.max(0, used - NOTED_EVERY);
  }

  stamped(command: Command): Command {
    if (this.order !== 'restarting-timestamps' || command.kind !== 'kv') return command;
    return { ...command, timestamp: ++this.latest };
  }
}
