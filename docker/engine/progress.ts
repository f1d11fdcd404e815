/** One step of something that takes a while; several tasks may run at once. */
export interface TaskEvent {
  /** `engine`, `base image`, `image toolbox`… */
  readonly task: string;
  readonly state: 'started' | 'output' | 'done' | 'cached' | 'failed';
  /** One line for people. */
  readonly line: string;
}

export type Progress = (event: TaskEvent) => void;

export const silent: Progress = () => undefined;

/** Reports start, end and failure of a task around `work`, which answers its closing line. */
export async function task(
  name: string,
  opening: string,
  progress: Progress,
  work: () => Promise<string>,
): Promise<void> {
  progress({ task: name, state: 'started', line: opening });
  try {
    progress({ task: name, state: 'done', line: await work() });
  } catch (error) {
    progress({ task: name, state: 'failed', line: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
