/** What a cell of the table is held to. Seconds are of an otherwise idle machine with two cores. */
export interface Goal {
  readonly name: string;
  readonly kinds: readonly string[];
  readonly operations: number;
  readonly concurrency?: readonly number[];
  readonly infoShares?: readonly number[];
  readonly checkS?: number;
  /** From the file to the verdict. */
  readonly fileS?: number;
  readonly peakMb?: number;
  /** Peak of the process less what it takes when it has nothing to do. */
  readonly bytesEach?: number;
  readonly decided?: boolean;
}

export const GOALS: readonly Goal[] = [
  {
    name: 'L1',
    kinds: ['register'],
    operations: 1e6,
    concurrency: [20, 50],
    infoShares: [0.01],
    checkS: 0.1,
    fileS: 1,
    peakMb: 300,
  },
  {
    name: 'L2',
    kinds: ['register'],
    operations: 1e7,
    concurrency: [20, 50],
    infoShares: [0.01],
    fileS: 8,
    peakMb: 2_000,
  },
  { name: 'L3', kinds: ['cas'], operations: 1e6, concurrency: [10], infoShares: [0], checkS: 1 },
  { name: 'L3', kinds: ['cas'], operations: 1e6, concurrency: [20], infoShares: [0], checkS: 3 },
  { name: 'L4', kinds: ['cas'], operations: 1e5, concurrency: [20], infoShares: [0.01], checkS: 2 },
  { name: 'L4', kinds: ['cas'], operations: 1e6, concurrency: [20], infoShares: [0.01], checkS: 30 },
  { name: 'L5', kinds: ['kv'], operations: 1e6, concurrency: [20], infoShares: [0, 0.01], checkS: 1, peakMb: 300 },
  { name: 'L6', kinds: ['cas', 'few'], operations: 1e4, concurrency: [50], checkS: 1 },
  { name: 'L7', kinds: ['register', 'cas', 'kv'], operations: 1e3, decided: true, checkS: 30 },
  { name: 'L7', kinds: ['register', 'cas', 'kv'], operations: 1e4, decided: true, checkS: 30 },
  { name: 'L7', kinds: ['register', 'cas', 'kv'], operations: 1e5, decided: true, checkS: 30 },
  { name: 'L7', kinds: ['register', 'cas', 'kv'], operations: 1e6, decided: true, checkS: 30 },
  { name: 'L10', kinds: ['register', 'unique-cas', 'cas', 'few', 'kv'], operations: 1e6, bytesEach: 400 },
  { name: 'L10', kinds: ['register', 'unique-cas', 'cas', 'few', 'kv'], operations: 1e7, bytesEach: 400 },
  {
    name: 'L11',
    kinds: ['set', 'queue', 'stack', 'fetch-and-add', 'counter', 'mutex'],
    operations: 1e6,
    decided: true,
  },
];

export interface Measured {
  readonly kind: string;
  readonly operations: number;
  readonly concurrency: number;
  readonly infoShare: number;
  readonly validity: string;
  readonly loadS: number;
  readonly checkS: number;
  readonly peakMb: number;
  readonly idleMb: number;
}

/** `L1 met`, `L5 missed (1.2 s for 1)`: every goal that speaks of the cell. */
export function heldAgainst(cell: Measured): readonly string[] {
  return GOALS.filter((goal) => applies(goal, cell)).map((goal) => {
    const missed = missedBy(goal, cell);
    return missed.length === 0 ? `${goal.name} met` : `${goal.name} MISSED: ${missed.join(', ')}`;
  });
}

function applies({ kinds, operations, concurrency, infoShares }: Goal, cell: Measured): boolean {
  return (
    kinds.includes(cell.kind) &&
    operations === cell.operations &&
    (concurrency?.includes(cell.concurrency) ?? true) &&
    (infoShares?.includes(cell.infoShare) ?? true)
  );
}

function missedBy(goal: Goal, cell: Measured): string[] {
  const each = ((cell.peakMb - cell.idleMb) * 1024 ** 2) / cell.operations;
  const limits: readonly (readonly [string, number, number | undefined])[] = [
    ['check s', cell.checkS, goal.checkS],
    ['file → verdict s', cell.loadS + cell.checkS, goal.fileS],
    ['peak MB', cell.peakMb, goal.peakMb],
    ['bytes an operation', each, goal.bytesEach],
  ];
  const over = limits.flatMap(([what, is, most]) =>
    most !== undefined && is > most ? [`${what} ${is.toFixed(is < 10 ? 2 : 0)} for ${most}`] : [],
  );
  return goal.decided === true && cell.validity === 'unknown' ? ['not decided', ...over] : over;
}
