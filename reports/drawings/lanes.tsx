import type { Drawing } from '../../checkers/checker.js';
import type { History } from '../../harness/history/history.js';
import { operationsOf, type ReportedOperation } from '../operation.js';
import { inline, moment } from '../text.js';
import { layOutLanes, linearizationPoints, type Bar } from './lanes-layout.js';
import { OperationLink } from './link.js';

export type LanesDrawing = Extract<Drawing, { kind: 'lanes' }>;

const ROW = 56;
const BAR = 28;
const TOP = 16;
const MAX_OPERATIONS = 60;

interface Props {
  readonly id: string;
  readonly title: string;
  readonly drawing: LanesDrawing;
  readonly proof: readonly ReportedOperation[];
  readonly history: History;
  readonly timed: boolean;
  /** Of the whole history. */
  readonly durationNs: number;
}

/** Operations by process in the order of events, a legal order as far as one exists, and why nothing can come next. */
export function Lanes({ id, title, drawing, proof, history, timed, durationNs }: Props) {
  const linearized = drawing.linearized ?? [];
  const obstacles = drawing.obstacles ?? [];
  const operations = operationsToDraw(history, proof, drawing);
  const { bars, lanes, width } = layOutLanes(operations);
  const gutter = Math.max(...lanes.map((lane) => lane.length), 8) * 6.6 + 20;
  const height = TOP + lanes.length * ROW + 8;
  const points = linearizationPoints(bars, linearized);
  const blocked = (bar: Bar) =>
    obstacles.some(({ index }) => index === bar.operation.index || index === bar.operation.completionIndex);
  const momentOf = timed ? (time: number) => moment(time, durationNs) : undefined;
  const y = (lane: number) => TOP + lane * ROW;
  return (
    <figure class="drawing">
      <div class="scroll" tabindex={0} role="region" aria-label={`Drawing: ${title}`}>
        <svg role="group" aria-labelledby={`${id}-title`} width={gutter + width + 8} height={height} class="lanes">
          <title id={`${id}-title`}>{title}</title>
          {lanes.map((lane, position) => (
            <g>
              <text x={0} y={y(position) + BAR / 2 + 4} class="lane-name">
                {lane}
              </text>
              <line
                x1={gutter}
                x2={gutter + width}
                y1={y(position) + BAR / 2}
                y2={y(position) + BAR / 2}
                class="rule"
              />
            </g>
          ))}
          <g transform={`translate(${gutter} 0)`}>
            <polyline class="order" points={points.map(({ at, lane }) => `${at},${y(lane) - 1}`).join(' ')} />
            {bars.map((bar) => (
              <OperationBar bar={bar} y={y(bar.lane)} blocked={blocked(bar)} momentOf={momentOf} />
            ))}
            {points.map((point, position) => (
              <g class="order-point">
                <circle cx={point.at} cy={y(point.lane) - 1} r={8} />
                <text x={point.at} y={y(point.lane) + 3} text-anchor="middle">
                  {position + 1}
                </text>
              </g>
            ))}
          </g>
        </svg>
      </div>
      <figcaption>
        <p>
          Each bar reaches from invocation to completion; order counts, widths do not.
          {bars.some(({ openEnded }) => openEnded) &&
            ' A dashed bar has an unknown outcome and may take effect at any later time.'}
          {points.length > 0 && orderWords(points.length)}
        </p>
        {obstacles.length > 0 && (
          <>
            <p class="lead-in">{points.length > 0 ? 'Nothing can come next:' : 'No legal order exists:'}</p>
            <ul class="obstacles">
              {obstacles.slice(0, 20).map(({ index, reason }) => (
                <li>
                  <OperationLink index={index} /> {inline(reason, 600)}
                </li>
              ))}
            </ul>
          </>
        )}
      </figcaption>
    </figure>
  );
}

/** A legal order of one operation is one, too. */
function orderWords(length: number): string {
  const numbers = length === 1 ? 'Number 1 is' : `Numbers 1 to ${length} are`;
  return ` ${numbers} a legal order as far as one exists.`;
}

/** What could not come next first, then the proof, then the end of the legal prefix: as many as can be taken in. */
function operationsToDraw(history: History, proof: readonly ReportedOperation[], drawing: LanesDrawing) {
  const seen = new Map<number, ReportedOperation>();
  const add = (operations: readonly ReportedOperation[]) => {
    for (const operation of operations) if (seen.size < MAX_OPERATIONS) seen.set(operation.index, operation);
  };
  add(
    operationsOf(
      history,
      (drawing.obstacles ?? []).slice(0, MAX_OPERATIONS / 2).map(({ index }) => index),
    ),
  );
  add(proof);
  add(operationsOf(history, (drawing.linearized ?? []).slice(-MAX_OPERATIONS / 2).reverse()));
  return [...seen.values()].sort((a, b) => a.index - b.index);
}

interface BarProps {
  readonly bar: Bar;
  readonly y: number;
  readonly blocked: boolean;
  /** Undefined where the history has no times. */
  readonly momentOf: ((time: number) => string) | undefined;
}

function OperationBar({ bar, y, blocked, momentOf }: BarProps) {
  const { operation, x, width, openEnded } = bar;
  const tone = `bar ${operation.outcome}${blocked ? ' blocked' : ''}`;
  return (
    <g class={tone}>
      <a href={`#op=${operation.index}`}>
        {openEnded ? (
          <path d={`M${x + width} ${y}H${x + 5}q-5 0 -5 5V${y + BAR - 5}q0 5 5 5H${x + width}`} />
        ) : (
          <rect x={x} y={y} width={width} height={BAR} rx={5} />
        )}
        <text x={x + 10} y={y + BAR / 2 + 4}>
          {bar.label}
        </text>
        {blocked && <path class="cross" d={`M${x + width - 9} ${y - 5}l10 10m0 -10l-10 10`} />}
      </a>
      <text x={x + 1} y={y + BAR + 13} class="when">
        {momentOf?.(operation.startTime) ?? `#${operation.index}`}
      </text>
      {operation.endTime !== undefined && !openEnded && momentOf !== undefined && width > 130 && (
        <text x={x + width} y={y + BAR + 13} class="when" text-anchor="end">
          {momentOf(operation.endTime)}
        </text>
      )}
    </g>
  );
}
