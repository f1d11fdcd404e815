import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { refuseOptions } from '../../checkers/option-rules.js';
import { NO_REALTIME } from '../history/formats/format.js';
import { readHistory } from '../history/formats/read.js';
import type { Json } from '../history/operation.js';
import { UserError } from '../kit/errors.js';
import { judgeBare } from './bare.js';
import { judgesFor } from './judges.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'checkers', 'corpus', 'judged');
const [, ...rows] = readFileSync(join(folder, 'cases.tsv'), 'utf8').trimEnd().split('\n');
const EXIT_CODES = { valid: 0, invalid: 1, inconclusive: 2, 'harness-error': 255 } as const;

interface Arguments {
  readonly workload?: string;
  readonly model?: string;
  readonly independent: 'auto' | 'yes' | 'no';
  readonly options: Readonly<Record<string, Json>>;
}

function parse(text: string): Arguments {
  const words = text.split(' ');
  const flag = (...names: readonly string[]) => words.find((_, at) => names.includes(words[at - 1]));
  const [workload, model, initial] = [flag('-w'), flag('-m'), flag('--initial')];
  const settings = words.filter((_, at) => words[at - 1] === '-s').map((setting) => setting.split('='));
  return {
    ...(workload !== undefined && { workload }),
    ...(model !== undefined && { model }),
    independent: (flag('--independent') ?? 'auto') as 'auto' | 'yes' | 'no',
    options: {
      ...(initial !== undefined && { initial: JSON.parse(initial) as Json }),
      ...Object.fromEntries(settings.map(([name, value]) => [name, /^-?\d+$/.test(value) ? Number(value) : value])),
    },
  };
}

async function exitCode(file: string, args: Arguments): Promise<number> {
  try {
    const { history, notes, defines } = await readHistory(join(folder, file), args);
    const judges = judgesFor(args, history);
    refuseOptions(judges.checkers, args.options);
    const { outcome } = await judgeBare({
      history,
      checkers: judges.checkers,
      required: judges.required,
      options: { ...defines, ...args.options, ...(notes.includes(NO_REALTIME) && { realtime: false }) },
      budget: { timeMs: 60_000, memoryBytes: 2 ** 31 },
      ...(judges.consistency !== undefined && { consistency: judges.consistency }),
      notes,
      progress: () => undefined,
    });
    return EXIT_CODES[outcome];
  } catch (error) {
    if (error instanceof UserError) return 254;
    throw error;
  }
}

describe('the judged corpus', () => {
  it.each(rows.map((row) => row.split('\t')))('%s %s: %s, %s', async (file, args, wanted) => {
    expect(wanted.split(',').map(Number)).toContain(await exitCode(file, parse(args)));
  });
});
