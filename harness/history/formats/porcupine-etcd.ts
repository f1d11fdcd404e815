import { HistoryBuilder } from '../builder.js';
import { HistoryError } from '../history-error.js';
import type { EventType, Json } from '../operation.js';
import { EdnProblem, EdnReader } from './edn/edn.js';
import type { HistoryFormat, ReadResult, Source } from './format.js';
import { readText } from './text.js';

const OPERATION = /^.*\bjepsen\.util - (\d+|:nemesis)\s+:(invoke|ok|fail|info)\s+:([\w-]+)(?:\s+(.*))?$/;
/** Lines of other loggers: `INFO  jepsen.core - Running test`. */
const OTHER_LOGGER = /^.*\b(?:TRACE|DEBUG|INFO|WARN|ERROR)\b\s+(?!jepsen\.util )[\w.$-]+ - /;
/** What an outcome that is no value looks like: `:timed-out`. */
const ERROR_KEYWORD = /^:[\w-]+$/;

/** The operations in a Jepsen log, as in Porcupine's etcd test data. */
export const porcupineEtcd: HistoryFormat = {
  name: 'porcupine-etcd',
  summary: 'Jepsen log as in the etcd data of Porcupine: "… jepsen.util - 3 :invoke :cas [1 2]" one a line',
  hasPairs: false,
  detect: (head) => /^.*\bjepsen\.util - (?:\d+|:nemesis)\s+:/m.test(head.slice(0, 4096)),
  read: readLog,
};

async function readLog(source: Source): Promise<ReadResult> {
  const text = await readText(source);
  const builder = new HistoryBuilder({ source: source.name, notation: 'edn' });
  const lines = text.split('\n');
  let others = 0;
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const found = OPERATION.exec(line.trimEnd());
    if (found !== null) {
      builder.append(eventOf(found, new Place(source.name, at + 1)), at + 1);
    } else if (at === lines.length - 1) {
      builder.notes.push(`line ${at + 1}, the last, is cut short and was left out`);
    } else if (OTHER_LOGGER.test(line)) {
      others++;
    } else {
      throw new HistoryError('neither an operation nor a log line', source.name, at + 1);
    }
  }
  if (builder.store.length === 0) throw new HistoryError('no operations in it', source.name);
  if (others > 0) builder.notes.push(`${others} lines of other loggers ignored`);
  const history = builder.build();
  return { history, notes: builder.notes };
}

class Place {
  constructor(
    readonly source: string,
    readonly line: number,
  ) {}

  reject(problem: string): never {
    throw new HistoryError(problem, this.source, this.line);
  }
}

function eventOf(found: RegExpExecArray, place: Place) {
  const [, process, type, f, rest = 'nil'] = found;
  const failed = type === 'info' || type === 'fail';
  const error = failed && ERROR_KEYWORD.test(rest) ? rest.slice(1) : undefined;
  return {
    process: process === ':nemesis' ? ('nemesis' as const) : Number(process),
    type: type as EventType,
    f,
    value: error === undefined ? valueOf(rest, place) : null,
    ...(error !== undefined && { error }),
  };
}

function valueOf(text: string, place: Place): Json {
  try {
    const reader = new EdnReader(text);
    const value = reader.form();
    return reader.more() ? place.reject('more text after the value') : value;
  } catch (error) {
    if (error instanceof EdnProblem) return place.reject(error.message);
    throw error;
  }
}
