import { readEdn } from './edn/read-edn.js';
import type { HistoryFormat } from './format.js';

/** Jepsen's, Knossos' and elle-cli's `history.edn`. */
export const jepsenEdn: HistoryFormat = {
  name: 'jepsen-edn',
  summary:
    'Jepsen or Knossos history.edn: operation maps one a line, or one vector of them; [k v] for independent keys',
  hasPairs: true,
  detect: (head) => /^(?:[\s,]|;[^\n]*\n)*[[(]?(?:[\s,]|;[^\n]*\n)*(?:#[\w.]+\s*)?\{\s*:/.test(head),
  read: readEdn,
};
