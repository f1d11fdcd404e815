import type { LogAbility } from '../../../docker/system.js';
import { done, type Ground } from './ground.js';

export function logsOf({ followers }: Ground): LogAbility {
  return {
    follow: (onLine) =>
      done(() => {
        // Of its own, so that whoever follows twice stops once.
        const follower = (node: string, line: string) => onLine(node, line);
        followers.add(follower);
        return () => void followers.delete(follower);
      }),
  };
}
