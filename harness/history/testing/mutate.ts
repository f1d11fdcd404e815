import type { Dice } from '../../kit/random.js';

const encoder = new TextEncoder();

/** A plausible journal: registers, transfers, transactions, faults, errors, odd names. */
export function journalLines(dice: Dice, events: number): string[] {
  const lines: string[] = [];
  const open = new Map<number, { f: string; value: unknown; key?: string }>();
  let time = 0;
  for (let index = 0; index < events; index++) {
    time += dice.int(5000);
    const process = dice.int(6);
    const asked = open.get(process);
    if (dice.chance(0.03)) {
      lines.push(JSON.stringify({ index, time, process: 'nemesis', type: 'info', f: 'phase', value: 'faults' }));
    } else if (asked === undefined) {
      const operation = anOperation(dice);
      open.set(process, operation);
      lines.push(JSON.stringify({ index, time, process, type: 'invoke', ...operation, node: `n${process}` }));
    } else {
      open.delete(process);
      const type = dice.pick(['ok', 'ok', 'ok', 'fail', 'info']);
      const error = type === 'ok' ? {} : { error: dice.pick(['timeout', 'mismatch: found "3"', 'é\n']) };
      const value = type === 'ok' && asked.f === 'txn' ? answered(dice, asked.value as Mop[]) : asked.value;
      lines.push(JSON.stringify({ index, time, process, type, ...asked, value, ...error }));
    }
  }
  return lines;
}

type Mop = readonly [string, unknown, unknown];

/** Reads of lists mostly agree with each other. */
function answered(dice: Dice, mops: readonly Mop[]): Mop[] {
  return mops.map(([f, key, value]): Mop => {
    if (f !== 'r' || dice.chance(0.02)) return [f, key, dice.chance(0.02) ? dice.pick([null, 0, []]) : value];
    const list = Array.from({ length: dice.int(6) }, (_, at) => at * 3);
    if (dice.chance(0.05)) list.reverse();
    return [f, key, dice.chance(0.1) ? dice.int(10) - 5 : list];
  });
}

function anOperation(dice: Dice): { f: string; value: unknown; key?: string } {
  return dice.pick([
    { f: 'read', value: null, key: 'x' },
    { f: 'write', value: dice.int(100) - 50, key: 'ключ' },
    { f: 'cas', value: [dice.int(5), dice.int(5)], key: 'y' },
    { f: 'cas', value: [2 ** 31 + dice.int(5), -dice.int(5)], key: '10' },
    { f: 'transfer', value: { id: dice.int(1000), from: 0, to: 1, amount: 5, note: 'a "quoted" note' } },
    {
      f: 'txn',
      value: [
        ['append', dice.int(9), dice.int(1000)],
        ['r', 1, null],
        ['r', 'k', [1, 2, 3]],
      ],
    },
    {
      f: 'txn',
      value: Array.from({ length: 1 + dice.int(4) }, () =>
        dice.pick<Mop>([
          ['r', dice.int(3), null],
          ['r', dice.int(3), null],
          ['append', dice.int(3), dice.int(40) - 5],
          ['w', dice.int(3), dice.int(40)],
        ]),
      ),
    },
    {
      f: 'weird',
      value: dice.pick([true, false, '', 'text', 1.5, -0.25, 1e21, [], {}, [[]], [1, 2, 3], { a: { b: [] } }]),
    },
  ]);
}

/** Damages some lines in one of the ways in which files get damaged; answers the bytes of the whole file. */
export function damaged(dice: Dice, lines: readonly string[], mutations: number): Uint8Array {
  const copy = [...lines];
  for (let count = 0; count < mutations && copy.length > 0; count++) mutateLines(dice, copy);
  const bytes = encoder.encode(`${copy.join('\n')}\n`);
  for (let count = dice.int(3); count > 0 && dice.chance(0.5); count--) mutateBytes(dice, bytes);
  return dice.chance(0.2) ? bytes.subarray(0, dice.int(bytes.length + 1)) : bytes;
}

function mutateLines(dice: Dice, lines: string[]): void {
  const at = dice.int(lines.length);
  const other = dice.int(lines.length);
  const line = lines[at];
  const cut = dice.int(line.length + 1);
  switch (dice.int(11)) {
    case 0:
      lines[at] = line.slice(0, cut);
      break;
    case 1:
      lines.splice(at, 0, line);
      break;
    case 2:
      [lines[at], lines[other]] = [lines[other], lines[at]];
      break;
    case 3:
      lines[at] = line.replace(
        /\d+/,
        dice.pick(['9007199254740993', '1e999', '-1', '00', '1.5', '2147483648', '-0', '1e2']),
      );
      break;
    case 4:
      lines[at] = line.replace(/"value":/, `"value":${'['.repeat(dice.pick([1, 99, 100, 101, 5000]))}`);
      break;
    case 5:
      lines[at] = line.replace(/"value":/, '"value":{"__proto__":1},"more":');
      break;
    case 6:
      lines.splice(at, 1);
      break;
    case 7:
      lines[at] =
        line.slice(0, cut) +
        dice.pick([' ', '\t', '\\', '"', ',', '{', '}', '\u0000', '\u2028', '\r']) +
        line.slice(cut);
      break;
    case 8:
      lines[at] = line.replace(/"(\w+)":/, '"$1":1,"$1":');
      break;
    case 9:
      lines[at] = line.replaceAll(':', ': ').replaceAll(',', ', ');
      break;
    default:
      lines[at] = line.split(',').reverse().join(',');
  }
}

function mutateBytes(dice: Dice, bytes: Uint8Array): void {
  const at = dice.int(bytes.length);
  if (dice.chance(0.5)) bytes[at] ^= 1 << dice.int(8);
  else bytes[at] = dice.int(256);
}
