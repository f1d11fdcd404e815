import type { Behaviour } from '../behaviour.js';
import type { KvCommand } from '../state/command.js';
import type { Store } from '../state/store.js';

/** The command without the conditions that a careless leader checks before it proposes, or not at all. */
export function checkedEarly(command: KvCommand, { checksEarly, conditions }: Behaviour, store: Store): KvCommand {
  if (conditions === 'of-written-keys') {
    const written = new Set(command.then.flatMap((action) => (action.kind === 'put' ? [action.key] : [])));
    return { ...command, conditions: command.conditions.filter(({ key }) => written.has(key)) };
  }
  if (checksEarly === 'none') return command;
  const early = command.conditions.filter(({ kind }) => kind === checksEarly);
  if (!store.holds(early)) return command;
  return { ...command, conditions: command.conditions.filter(({ kind }) => kind !== checksEarly) };
}
