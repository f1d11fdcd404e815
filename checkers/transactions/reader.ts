import { OK, VALUE_RAW, VALUE_TRANSACTION, type History } from '../../harness/history/history.js';
import { MicroOperations } from '../../harness/history/micro-operations/micro-operations.js';
import { UserError } from '../../harness/kit/errors.js';
import { adopted, eachTransaction } from './adopt.js';
import { CodedReader } from './coded-reader.js';
import { Collector } from './collector.js';
import { MalformedTransaction } from './scanner.js';
import { TextReader } from './text-reader.js';
import type { Family, Pace, Transactions } from './transactions.js';

const UNPACED: Pace = { tick: () => undefined };

/** Reads every client transaction of a history. Throws a UserError naming the event that is not one. */
export function readTransactions(history: History, family: Family, pace: Pace = UNPACED): Transactions {
  return adopted(history, family, pace) ?? gathered(history, family, pace);
}

function gathered(history: History, family: Family, pace: Pace): Transactions {
  const reader = new Reader(history, family);
  eachTransaction(history, (invoke, completion, status) => {
    pace.tick('reading transactions');
    reader.read(invoke, completion, status, status === OK ? completion : invoke);
  });
  return reader.finish();
}

class Reader {
  private readonly collector: Collector;
  private readonly text: TextReader;
  private readonly coded: CodedReader;

  constructor(
    private readonly history: History,
    private readonly family: Family,
  ) {
    this.collector = new Collector(history, family);
    this.text = new TextReader(history, family, this.collector);
    const operations = history.columns.microOperations ?? new MicroOperations();
    this.coded = new CodedReader(operations, family, this.collector);
  }

  /** @param position the event that tells what the transaction did. */
  read(invoke: number, completion: number, status: number, position: number): void {
    const { valueKinds, valuesA, valuesB } = this.history.columns;
    this.collector.begin(invoke, completion, status);
    try {
      switch (valueKinds[position]) {
        case VALUE_TRANSACTION:
          this.coded.read(valuesA[position], valuesB[position], status === OK);
          break;
        case VALUE_RAW:
          this.text.read(valuesA[position], valuesB[position], status === OK);
          break;
        default:
          throw new MalformedTransaction('is not an array of micro-operations');
      }
    } catch (error) {
      if (!(error instanceof MalformedTransaction || error instanceof SyntaxError)) throw error;
      throw this.complaint(position, error.message);
    }
  }

  finish(): Transactions {
    return this.collector.finish();
  }

  private complaint(position: number, message: string): UserError {
    const wanted = this.family === 'list-append' ? '["append", key, value]' : '["w", key, value]';
    return new UserError(
      `${this.history.placeOf(position)}: its value ${message}; ${this.family} takes an array of ["r", key, value] and ${wanted}`,
    );
  }
}
