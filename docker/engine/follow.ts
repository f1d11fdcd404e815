import type { Engine } from './engine.js';

/** An event in the engine's stream of a pull, an import or a build. */
export interface StreamEvent {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
}

/** Follows a stream to its end; rejects with the error it names, for an error in it does not end the HTTP request. */
export function follow(
  engine: Engine,
  stream: NodeJS.ReadableStream,
  onEvent: (event: StreamEvent) => void = () => undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let complaint: string | undefined;
    engine.modem.followProgress(
      stream,
      (error) => {
        const reason = error ?? (complaint === undefined ? undefined : new Error(complaint));
        if (reason) reject(reason);
        else resolve();
      },
      (event: StreamEvent) => {
        complaint ??= event.error;
        onEvent(event);
      },
    );
  });
}
