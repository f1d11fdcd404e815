import { History } from '../../harness/history/history.js';
import type { Model } from '../model.js';
import { modelNamed } from '../models/models.js';
import type { Objects } from './objects.js';
import { PartitionObjects } from './partition-objects.js';
import { RegisterObjects } from './register-objects.js';
import type { SharedObjects } from './shared.js';

/** The same objects again, in the thread that was handed them. They judge; they do not explain. */
export function openShared(shared: SharedObjects): Objects {
  const history = new History(shared.history);
  if (shared.what === 'registers') {
    return new RegisterObjects(history, shared.kind, shared.order, shared.keys);
  }
  const model = modelNamed(shared.model) as Model<unknown> | undefined;
  if (model === undefined) throw new Error(`there is no model ${shared.model}`);
  return new PartitionObjects(history, model, { options: shared.options }, shared.order, shared.parts);
}
