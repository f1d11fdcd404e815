import { readEdn } from './edn/read-edn.js';
import type { HistoryFormat } from './format.js';

/** Porcupine's key-value test data: EDN maps with a key of their own and string values. */
export const porcupineKv: HistoryFormat = {
  name: 'porcupine-kv',
  summary: 'Porcupine key-value log: {:process 0, :type :invoke, :f :append, :key "3", :value "x"} one a line',
  hasPairs: false,
  detect: (head) => /^\s*\{[^\n]*:f :(?:get|put|append)\b[^\n]*:key "/.test(head),
  read: (source) => readEdn(source, { independent: 'no' }),
};
