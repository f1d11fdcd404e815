import type { EmbeddedFault } from '../data/wire.js';

/** Shades the time of faults; the stretch while one was only being injected, or had no effect at all, half as much. */
export function shadeWindows(
  context: CanvasRenderingContext2D,
  faults: readonly EmbeddedFault[],
  color: string,
  x: (time: number) => number,
  top: number,
  height: number,
): void {
  const fill = (from: number, to: number, alpha: number) => {
    context.globalAlpha = alpha;
    context.fillRect(x(from), top, x(to) - x(from), height);
  };
  context.save();
  context.fillStyle = color;
  for (const { requestedTime, startTime, endTime, effective } of faults) {
    fill(requestedTime, startTime, 0.45);
    fill(startTime, endTime, effective ? 1 : 0.45);
  }
  context.restore();
}
