import { parentPort, workerData } from 'node:worker_threads';
import { type Job, work } from './crew.js';

const { job, member } = workerData as { readonly job: Job; readonly member: number };
parentPort?.postMessage(work(job, member));
