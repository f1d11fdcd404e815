import { PROVEN, unproven, type Prove } from './evidence.js';
import { same } from './identity.js';

/** Two acknowledged requests were answered the same id. */
export const duplicateId: Prove = ({ operations }) => {
  const answered = operations.filter(({ invocation, outcome }) => invocation.f === 'generate' && outcome === 'ok');
  const twice = answered.some((one, at) =>
    answered.slice(at + 1).some((other) => same(one.completion?.value, other.completion?.value)),
  );
  return twice ? PROVEN : unproven('no two of the answers are the same id');
};
