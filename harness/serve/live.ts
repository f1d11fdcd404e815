import { z } from 'zod';
import type { LiveFigures } from '../../reports/site/live.js';
import { inline } from '../../reports/text.js';
import type { Operation } from '../history/operation.js';

const WINDOW_S = 60;

export interface Found {
  readonly anomalies: number;
  readonly sentences: readonly string[];
}

const NOTHING: Found = { anomalies: 0, sentences: [] };
const foundSchema = z.object({ anomalies: z.int().min(0), sentences: z.array(z.string()) });

/** live.json's text; nothing where there is none. */
export function foundIn(text: string): Found {
  try {
    return foundSchema.parse(JSON.parse(text));
  } catch {
    return NOTHING;
  }
}

/** Sums up a journal while it grows: memory does not grow with it. */
export class LiveTally {
  private ok = 0;
  private fail = 0;
  private info = 0;
  private phase = 'set up';
  private timeNs = 0;
  private readonly faults = new Map<unknown, string>();
  /** Successes by second of the run; older seconds are dropped. */
  private readonly perSecond = new Map<number, number>();

  add(events: readonly Operation[]): void {
    for (const event of events) {
      this.timeNs = Math.max(this.timeNs, event.time);
      if (event.process === 'nemesis') this.note(event);
      else if (event.type === 'fail') this.fail++;
      else if (event.type === 'info') this.info++;
      else if (event.type === 'ok') {
        this.ok++;
        const second = Math.floor(event.time / 1e9);
        this.perSecond.set(second, (this.perSecond.get(second) ?? 0) + 1);
      }
    }
    const oldest = Math.floor(this.timeNs / 1e9) - WINDOW_S;
    for (const second of this.perSecond.keys()) if (second < oldest) this.perSecond.delete(second);
  }

  /** @param found what those who judge the run meanwhile have found */
  figures(found: Found = NOTHING): LiveFigures {
    const now = Math.floor(this.timeNs / 1e9);
    const rates = Array.from({ length: WINDOW_S }, (_, at) => this.perSecond.get(now - WINDOW_S + at) ?? 0);
    const highest = Math.max(1, ...rates);
    const points = rates.map((rate, at) => `${(at / (WINDOW_S - 1)) * 600},${118 - (rate / highest) * 112}`);
    return {
      phase: this.phase,
      elapsed: `${(this.timeNs / 1e9).toFixed(0)} s`,
      rate: String(rates.at(-1)),
      ok: String(this.ok),
      fail: String(this.fail),
      info: String(this.info),
      anomalies: String(found.anomalies),
      found: found.sentences.map((sentence) => inline(sentence, 400)).join('\n') || 'nothing',
      fault: [...this.faults.values()].join('; ') || 'none',
      points: points.join(' '),
    };
  }

  private note({ f, type, value }: Operation): void {
    if (f === 'phase' && typeof value === 'string') this.phase = value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { id, description } = value as Readonly<Record<string, unknown>>;
    if (f === 'heal' && type === 'ok') this.faults.delete(id);
    else if (f !== 'heal' && type === 'ok') this.faults.set(id, typeof description === 'string' ? description : f);
  }
}
