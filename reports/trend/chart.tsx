import { inline } from '../text.js';
import type { Series } from './series.js';

const WIDTH = 1000;
const HEIGHT = 170;
const LEFT = 70;
const RIGHT = 20;
const TOP = 14;
const BOTTOM = 30;

/** A series over the nights, its change of level marked; each also as a table for those who cannot see it. */
export function SeriesChart({ series, nights }: { series: Series; nights: readonly string[] }) {
  const { name, points, change } = series;
  const highest = Math.max(...points.map(({ value }) => value)) * 1.1 || 1;
  const x = (night: string) =>
    LEFT + (nights.length < 2 ? 0.5 : nights.indexOf(night) / (nights.length - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / highest) * (HEIGHT - TOP - BOTTOM);
  const label = `${name}: ${describeSeries(series)}`;
  return (
    <figure class="trend">
      <h3>{inline(name, 120)}</h3>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {[0, 0.5, 1].map((share) => (
          <g>
            <line class="axis" x1={LEFT} x2={WIDTH - RIGHT} y1={y(highest * share)} y2={y(highest * share)} />
            <text x={LEFT - 8} y={y(highest * share) + 4} text-anchor="end">
              {quantity(highest * share, series.unit)}
            </text>
          </g>
        ))}
        {[nights[0], nights.at(-1)!].map((night, at) => (
          <text x={at === 0 ? LEFT : WIDTH - RIGHT} y={HEIGHT - 8} text-anchor={at === 0 ? 'start' : 'end'}>
            {night}
          </text>
        ))}
        {change !== undefined && (
          <g>
            <line class="change" x1={x(change.night)} x2={x(change.night)} y1={TOP} y2={HEIGHT - BOTTOM} />
            <line class="level" x1={LEFT} x2={x(change.night)} y1={y(change.before)} y2={y(change.before)} />
            <line class="level" x1={x(change.night)} x2={WIDTH - RIGHT} y1={y(change.after)} y2={y(change.after)} />
          </g>
        )}
        <polyline class="line" points={points.map(({ night, value }) => `${x(night)},${y(value)}`).join(' ')} />
        {points.map(({ night, value }) => (
          <circle class="dot" cx={x(night)} cy={y(value)} r="3.4">
            <title>{`${night}: ${quantity(value, series.unit)}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption>{describeSeries(series)}</figcaption>
      <details>
        <summary>{inline(name, 120)} as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Night</th>
              <th scope="col" class="number">
                Median
              </th>
              <th scope="col" class="number">
                Runs
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ night, value, runs }) => (
              <tr>
                <td>{night}</td>
                <td class="number">{quantity(value, series.unit)}</td>
                <td class="number">{runs}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** `Regression on 2026-03-14: 1.8 × (1,020 ms before, 1,840 ms since; p = 0.001).` */
export function describeSeries({ points, unit, change }: Series): string {
  const last = points.at(-1)!;
  if (change === undefined) {
    const nights = points.length === 1 ? '1 night' : `${points.length} nights`;
    return `No change of level in ${nights}; ${quantity(last.value, unit)} on ${last.night}.`;
  }
  const word = change.verdict === 'regression' ? 'Regression' : 'Improvement';
  const levels = `${quantity(change.before, unit)} before, ${quantity(change.after, unit)} since`;
  return `${word} on ${change.night}: ${change.factor.toFixed(1)} × (${levels}; p = ${change.p.toFixed(3)}).`;
}

export function quantity(value: number, unit: Series['unit']): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit === 'ms' ? 'ms' : 'op/s'}`;
}
