import { formatOwner, self } from './owner.js';

export const LABEL = {
  run: 'faultline.run',
  owner: 'faultline.owner',
  role: 'faultline.role',
  node: 'faultline.node',
} as const;

/** `disk`: a volume with the image file of a loop device; `tools`: what is mounted into databases. */
export type Role = 'sandbox' | 'database' | 'data' | 'network' | 'helper' | 'disk' | 'tools' | 'agent';

/** What everything a run makes carries, from the moment it exists. */
export function labelsOf(runId: string, role: Role, node?: string): Record<string, string> {
  return {
    [LABEL.run]: runId,
    [LABEL.owner]: formatOwner(self()),
    [LABEL.role]: role,
    ...(node === undefined ? {} : { [LABEL.node]: node }),
  };
}

/** A name Docker accepts, for people to recognise; nothing is ever found by name. */
export function nameOf(runId: string, ...parts: readonly string[]): string {
  return ['faultline', runId, ...parts].join('-').replace(/[^a-zA-Z0-9_.-]/g, '_');
}
