import type { Behaviour } from './behaviour.js';
import type { Entry } from './log.js';
import type { Command } from './store.js';

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
  begin(log: readonly Entry[]): void {
    if (this.order !== 'restarting-timestamps') return;
    const used = log.reduce((latest, { command }) => Math.max(latest, command?.timestamp ?? 0), 0);
    this.latest = Math.max(0, used - NOTED_EVERY);
  }

  stamped(command: Command): Command {
    return this.order === 'restarting-timestamps' ? { ...command, timestamp: ++this.latest } : command;
  }
}
