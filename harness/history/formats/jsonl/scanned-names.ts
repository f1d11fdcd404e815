import type { EventNames } from '../../event-writer.js';
import { ByteNames } from './byte-names.js';

/** The string tables that the ids in a scanned store point into. */
export class ScannedNames implements EventNames {
  readonly functions = new ByteNames();
  readonly keys = new ByteNames();
  readonly nodes = new ByteNames();
  readonly workloads = new ByteNames();
  readonly errors = new ByteNames();
  readonly processes = new ByteNames();
}
