// A thread started from TypeScript sources needs a loader first, which it does not inherit from the one that starts it.
import { register } from 'tsx/esm/api';

register();
await import('./check-worker.ts');
