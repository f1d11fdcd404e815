/** About `wanted` round numbers inside a range (1, 2 or 5 times a power of ten apart), never more than 200. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const raw = (high - low) / Math.max(1, wanted);
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const first = Math.ceil(low / step);
  const size = Math.min(200, Math.floor(high / step) - first + 1);
  return Array.from({ length: size }, (_, position) => (first + position) * step);
}
