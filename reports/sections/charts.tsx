import type { ComponentChildren } from 'preact';
import { ratesOf } from '../data/rates.js';
import type { LatencySeries } from '../data/wire.js';
import { recoveryWords } from '../fault-words.js';
import { count, duration, inline, percent, plural, seconds } from '../text.js';
import type { View } from '../view.js';
import { Section, Table } from './section.js';

/** Charts, each with the same figures as a table for those who cannot see a canvas. */
export function Charts({ view }: { view: View }) {
  if (!view.timed) {
    return (
      <Section id="charts" title="Charts">
        <p>This history records no times, so there is nothing to chart.</p>
      </Section>
    );
  }
  const shaded = view.results.faults.length > 0 ? '; faults are shaded' : '';
  const lead = `Of all operations, in steps of ${duration(view.aggregates.bucketNs)}${shaded}.`;
  return (
    <Section id="charts" title="Charts" lead={lead}>
      <Chart
        id="latency"
        title="Latency"
        note="Time from invocation to completion: sampled operations as points, quantiles of successful ones as lines. The scale is logarithmic."
      >
        <LatencyTable view={view} />
      </Chart>
      <Chart id="rate" title="Rate by outcome" note="Operations completed per second.">
        <RateTable view={view} />
      </Chart>
      <Chart
        id="availability"
        title="Availability"
        note="Share of completed operations that the database answered: ok, or a compare-and-set that found another value. In a gap nothing completed at all."
      >
        <AvailabilityTable view={view} />
      </Chart>
      <Recovery view={view} />
    </Section>
  );
}

interface ChartProps {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly children: ComponentChildren;
}

function Chart({ id, title, note, children }: ChartProps) {
  return (
    <div class="chart">
      <h3 id={`chart-${id}-title`}>{title}</h3>
      <p class="aside">{note}</p>
      <div class="plot" data-chart={id} aria-labelledby={`chart-${id}-title`} />
      <details>
        <summary>{title} as a table</summary>
        {children}
      </details>
    </div>
  );
}

/** Its start, with as many digits as tell it from the next. */
function bucketStart(bucket: number, bucketNs: number): string {
  return seconds(bucket * bucketNs, Math.max(1, Math.ceil(-Math.log10(bucketNs / 1e9))));
}

const kindName = ({ workload, f }: LatencySeries) =>
  workload === undefined ? inline(f, 60) : `${inline(workload, 60)} ${inline(f, 60)}`;
const orBlank = (value: number | null) => (value === null ? '' : duration(value));

function LatencyTable({ view }: { view: View }) {
  const { latency, bucketNs } = view.aggregates;
  const rows = latency.flatMap((series) =>
    series.counts.flatMap((number, bucket) =>
      number === 0
        ? []
        : [
            [
              kindName(series),
              bucketStart(bucket, bucketNs),
              count(number),
              orBlank(series.p50[bucket]),
              orBlank(series.p95[bucket]),
              orBlank(series.p99[bucket]),
              orBlank(series.max[bucket]),
            ],
          ],
    ),
  );
  const head = ['Operation', 'From', 'Ok', 'p50', 'p95', 'p99', 'Longest'];
  return (
    <Table label="Latency of successful operations" head={head} rows={rows} numeric={[1, 2, 3, 4, 5, 6]} class="tall" />
  );
}

function RateTable({ view }: { view: View }) {
  const { ok, fail, info, bucketNs } = view.aggregates;
  const rates = [ok, fail, info].map((counts) => ratesOf(view, counts));
  const rows = ok.map((_, bucket) => [
    bucketStart(bucket, bucketNs),
    ...rates.map((rate) => rate[bucket]?.toFixed(1) ?? 'too short'),
  ]);
  const head = ['From', 'Ok per s', 'Failed per s', 'Unknown per s'];
  return <Table label="Operations per second by outcome" head={head} rows={rows} numeric={[0, 1, 2, 3]} class="tall" />;
}

function AvailabilityTable({ view }: { view: View }) {
  const { availability, bucketNs } = view.aggregates;
  const rows = availability.map((share, bucket) => [
    bucketStart(bucket, bucketNs),
    share === null ? 'nothing completed' : percent(share),
  ]);
  return <Table label="Availability" head={['From', 'Answered']} rows={rows} numeric={[0, 1]} class="tall" />;
}

/** Recovery after each heal, as bars that are a table, so one form serves everyone. */
function Recovery({ view }: { view: View }) {
  const faults = view.results.faults.filter((fault) => fault.healedTime !== undefined);
  if (faults.length === 0) return null;
  const longest = Math.max(1, ...faults.map((fault) => fault.recoveryNs ?? 0));
  const never = faults.filter((fault) => fault.recoveryNs === undefined).length;
  const rows = faults.slice(0, 200).map((fault) => [
    `${fault.id}`,
    inline(fault.kind, 60),
    inline(fault.description, 160),
    <svg class="recovery" width={220} height={12} aria-hidden="true">
      <rect
        width={fault.recoveryNs === undefined ? 220 : Math.max(2, (fault.recoveryNs / longest) * 220)}
        height={12}
        rx={3}
        class={fault.recoveryNs === undefined ? 'never' : 'time'}
      />
    </svg>,
    recoveryWords(fault),
  ]);
  return (
    <div class="chart">
      <h3>Recovery</h3>
      <p class="aside">
        From each heal until every kind of operation succeeded again
        {never > 0 && `; after ${plural(never, 'heal')} that did not happen before the end`}.
      </p>
      <Table label="Recovery time after each heal" head={['Fault', 'Kind', 'What', 'Recovery', 'Time']} rows={rows} />
    </div>
  );
}
