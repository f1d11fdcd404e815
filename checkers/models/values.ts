/** Equal texts mean equal values: what specifications compare and key states by. */
export { identity as text } from '../../harness/history/values/identity.js';
/** For people. */
export { show } from '../../harness/history/values/show.js';
