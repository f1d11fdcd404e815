import type { Drawing } from '../../checkers/checker.js';
import type { FaultRecord } from '../../harness/history/faults.js';
import { capital, count, inline, seconds } from '../text.js';
import { ticks } from '../ticks.js';

export type SeriesDrawing = Extract<Drawing, { kind: 'series' }>;

const WIDTH = 900;
const HEIGHT = 260;
const LEFT = 78;
const BOTTOM = 34;
const TOP = 22;
const MAX_POINTS = 800;

interface Props {
  readonly id: string;
  readonly title: string;
  readonly drawing: SeriesDrawing;
  readonly faults: readonly FaultRecord[];
  readonly timed: boolean;
}

/** A balance or stock over time as steps, what it should have been, and the moment it went wrong. */
export function Series({ id, title, drawing, faults, timed }: Props) {
  const { label, expected, markedTime } = drawing;
  const points = thin(drawing);
  if (points.length === 0) return null;
  const [minimumTime, maximumTime] = [points[0].time, points[points.length - 1].time];
  const values = points.map(({ value }) => value).concat(expected ?? []);
  const [low, high] = padded(Math.min(...values), Math.max(...values));
  const x = (time: number) => LEFT + ((time - minimumTime) / (maximumTime - minimumTime || 1)) * (WIDTH - LEFT - 16);
  const y = (value: number) => TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const steps = points.map(({ time, value }, position) =>
    position === 0 ? `M${x(time)} ${y(value)}` : `H${x(time)}V${y(value)}`,
  );
  const marked =
    markedTime === undefined ? undefined : (points.find(({ time }) => time >= markedTime) ?? points.at(-1)!);
  const moment = (time: number) => (timed ? seconds(time) : `#${time}`);
  return (
    <figure class="drawing">
      <div class="scroll" tabindex={0} role="region" aria-label={`Drawing: ${title}`}>
        <svg role="img" aria-labelledby={`${id}-title`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} class="series">
          <title id={`${id}-title`}>{title}</title>
          {timed && faults.map((fault) => <Window fault={fault} x={x} from={minimumTime} to={maximumTime} />)}
          {valueTicks(low, high, drawing).map((value) => (
            <g>
              <line x1={LEFT} x2={WIDTH - 16} y1={y(value)} y2={y(value)} class="rule" />
              <text x={LEFT - 10} y={y(value) + 4} text-anchor="end">
                {count(value)}
              </text>
            </g>
          ))}
          {ticks(minimumTime, maximumTime, 8).map((time) => (
            <text x={x(time)} y={HEIGHT - 10} text-anchor="middle">
              {timed ? seconds(time, maximumTime - minimumTime > 8e9 ? 0 : 2) : `#${time}`}
            </text>
          ))}
          {expected !== undefined && (
            <g class="expected">
              <line x1={LEFT} x2={WIDTH - 16} y1={y(expected)} y2={y(expected)} />
              <text x={WIDTH - 18} y={y(expected) - 6} text-anchor="end">
                expected {count(expected)}
              </text>
            </g>
          )}
          <path class="steps" d={steps.join('')} />
          {marked !== undefined && (
            <g class="mark">
              <line x1={x(markedTime!)} x2={x(markedTime!)} y1={TOP - 8} y2={HEIGHT - BOTTOM} />
              <path d={`M${x(marked.time) - 6} ${y(marked.value) - 6}l12 12m0 -12l-12 12`} />
              <text x={x(markedTime!)} y={TOP - 10} text-anchor={x(markedTime!) > WIDTH / 2 ? 'end' : 'start'}>
                {moment(markedTime!)}: {count(marked.value)}
              </text>
            </g>
          )}
        </svg>
      </div>
      <figcaption>
        {capital(inline(label, 200))} over {timed ? 'time' : 'the history'}
        {expected !== undefined && '; dashed: what it should be'}
        {timed && faults.length > 0 && '; shaded: faults in place'}.
      </figcaption>
    </figure>
  );
}

interface WindowProps {
  readonly fault: FaultRecord;
  readonly x: (time: number) => number;
  readonly from: number;
  readonly to: number;
}

function Window({ fault, x, from, to }: WindowProps) {
  const start = Math.max(from, fault.requestedTime);
  const end = Math.min(to, fault.healedTime ?? to);
  if (end <= start) return null;
  return (
    <rect x={x(start)} y={TOP} width={x(end) - x(start)} height={HEIGHT - TOP - BOTTOM} class="fault-window">
      <title>{inline(`${fault.kind}: ${fault.description}`, 200)}</title>
    </rect>
  );
}

/** At most {@link MAX_POINTS} points; of each stretch its lowest and highest value stay, so that no jump is lost. */
function thin({ times, values }: SeriesDrawing): { readonly time: number; readonly value: number }[] {
  const all = times.map((time, position) => ({ time, value: values[position] }));
  if (all.length <= MAX_POINTS) return all;
  const stretch = Math.ceil(all.length / (MAX_POINTS / 2));
  const kept: typeof all = [];
  for (let start = 0; start < all.length; start += stretch) {
    const part = all.slice(start, start + stretch);
    const lowest = part.reduce((a, b) => (b.value < a.value ? b : a));
    const highest = part.reduce((a, b) => (b.value > a.value ? b : a));
    kept.push(...(lowest.time <= highest.time ? [lowest, highest] : [highest, lowest]));
  }
  return [all[0], ...kept, all[all.length - 1]];
}

/** Whole things are not counted in halves. */
function valueTicks(low: number, high: number, { values }: SeriesDrawing): number[] {
  const all = ticks(low, high, 4);
  return values.every(Number.isInteger) ? all.filter(Number.isInteger) : all;
}

function padded(low: number, high: number): readonly [number, number] {
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  return [low - room, high + room];
}
