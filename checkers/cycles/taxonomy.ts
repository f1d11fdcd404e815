/** A consistency model: what it promises beyond the weaker models that it implies. */
export interface Model {
  /** Weaker models that hold whenever this one does. */
  readonly implies: readonly string[];
  /** Anomalies that this model forbids and no weaker one does. */
  readonly forbids: readonly string[];
  readonly aliases?: readonly string[];
}

/**
 * Consistency models, strongest first: Adya's portable levels (PL-…, thesis 1999), Cerone, Bernardi and Gotsman's framework
 * (CONCUR 2015), session variants after Daudjee and Salem (ICDE 2004), strong variants with real time.
 */
export const MODELS: Readonly<Record<string, Model>> = {
  'strict-serializable': {
    implies: [
      'serializable',
      'snapshot-isolation',
      'linearizable',
      'session-serializable',
      'strong-session-serializable',
      'strong-snapshot-isolation',
    ],
    forbids: ['G1', 'G1c-realtime', 'G2-realtime'],
    aliases: ['PL-SS', 'strong-serializable'],
  },
  'strong-session-serializable': {
    implies: ['serializable', 'strong-session-snapshot-isolation'],
    forbids: ['G1-process', 'G2-process'],
  },
  'strong-snapshot-isolation': {
    implies: ['strong-read-committed', 'strong-session-snapshot-isolation'],
    forbids: ['G-nonadjacent-realtime', 'G1-realtime', 'internal'],
  },
  'strong-session-snapshot-isolation': {
    implies: ['snapshot-isolation', 'strong-session-read-committed'],
    forbids: ['G-nonadjacent-process', 'G1-process', 'internal', 'causal-cycle-process'],
  },
  serializable: {
    implies: ['repeatable-read', 'update-serializable', 'snapshot-isolation', 'view-serializable'],
    forbids: ['G1', 'G2', 'internal', 'predicate-read-miss'],
    aliases: ['PL-3', 'conflict-serializable'],
  },
  'snapshot-isolation': {
    implies: [
      'forward-consistent-view',
      'monotonic-snapshot-read',
      'monotonic-atomic-view',
      'parallel-snapshot-isolation',
      'prefix',
    ],
    forbids: ['G-SI', 'G-nonadjacent', 'G1', 'internal'],
    aliases: ['PL-SI'],
  },
  'update-serializable': { implies: ['forward-consistent-view'], forbids: ['G-update', 'G1'], aliases: ['PL-3U'] },
  'repeatable-read': {
    implies: ['cursor-stability', 'monotonic-atomic-view'],
    forbids: ['G1', 'G2-item', 'lost-update'],
    aliases: ['PL-2.99'],
  },
  'parallel-snapshot-isolation': { implies: ['causal-cerone', 'update-atomic'], forbids: ['G1a', 'internal'] },
  prefix: { implies: ['causal-cerone'], forbids: ['G1a', 'internal'] },
  'causal-cerone': { implies: ['read-atomic'], forbids: ['G1a', 'internal', 'causal-cycle'] },
  'update-atomic': { implies: ['read-atomic'], forbids: ['lost-update'] },
  'read-atomic': {
    implies: ['monotonic-atomic-view'],
    forbids: ['G1a', 'future-read', 'internal', 'read-atomic-cycle'],
  },
  'forward-consistent-view': { implies: ['consistent-view'], forbids: ['G-SIb', 'G1'], aliases: ['PL-FCV'] },
  'consistent-view': {
    implies: ['monotonic-view', 'cursor-stability'],
    forbids: ['G-single', 'G1'],
    aliases: ['PL-2+'],
  },
  'monotonic-view': { implies: ['read-committed'], forbids: ['G-monotonic', 'G1'], aliases: ['PL-2L'] },
  'monotonic-snapshot-read': { implies: ['read-committed'], forbids: ['G-MSR', 'G1'], aliases: ['PL-MSR'] },
  'monotonic-atomic-view': { implies: ['read-committed'], forbids: ['monotonic-atomic-view-cycle'] },
  'cursor-stability': { implies: ['read-committed'], forbids: ['G-cursor', 'G1', 'lost-update'], aliases: ['PL-CS'] },
  'strong-read-committed': {
    implies: ['strong-read-uncommitted', 'strong-session-read-committed'],
    forbids: ['G1c-realtime'],
    aliases: ['strong-PL-2'],
  },
  'strong-session-read-committed': {
    implies: ['read-committed', 'strong-session-read-uncommitted'],
    forbids: ['G1c-process'],
    aliases: ['strong-session-PL-2'],
  },
  'strong-read-uncommitted': {
    implies: ['strong-session-read-uncommitted'],
    forbids: ['G0-realtime'],
    aliases: ['strong-PL-1'],
  },
  'strong-session-read-uncommitted': {
    implies: ['read-uncommitted'],
    forbids: ['G0-process'],
    aliases: ['strong-session-PL-1'],
  },
  'read-committed': { implies: ['read-uncommitted'], forbids: ['G1'], aliases: ['PL-2'] },
  'read-uncommitted': { implies: [], forbids: ['G0', 'cyclic-versions', 'duplicate-elements'], aliases: ['PL-1'] },
  // Models of single objects and sessions, which anomalies of transactions do not decide.
  'view-serializable': { implies: [], forbids: [] },
  'session-serializable': { implies: ['1SR'], forbids: [] },
  '1SR': { implies: [], forbids: [] },
  linearizable: { implies: ['sequential'], forbids: [] },
  sequential: { implies: ['causal'], forbids: [] },
  causal: { implies: ['PRAM', 'writes-follow-reads'], forbids: [] },
  PRAM: { implies: ['monotonic-reads', 'monotonic-writes', 'read-your-writes'], forbids: [] },
  'monotonic-reads': { implies: [], forbids: [] },
  'monotonic-writes': { implies: [], forbids: [] },
  'read-your-writes': { implies: [], forbids: [] },
  'writes-follow-reads': { implies: [], forbids: [] },
};

/** Cycles that come in three variants: of data alone, with process order, with real time. Each implies the next variant. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  G0: ['G1c'],
  G1c: ['G1'],
  G1: [],
  'G-single-item': ['G-nonadjacent-item', 'G-single'],
  'G-single': ['G-nonadjacent'],
  'G-nonadjacent-item': ['G2-item', 'G-nonadjacent'],
  'G-nonadjacent': ['G2'],
  'G2-item': ['G2'],
  G2: [],
};

const OTHERS: Readonly<Record<string, readonly string[]>> = {
  G1a: ['G1'],
  G1b: ['G1'],
  'G-single': ['GSIb'],
  'incompatible-order': ['G1a'],
  'dirty-update': ['G1a'],
  /** Appends of one transaction in another order than its own: our own name. Nobody ever left such a version behind. */
  'reversed-appends': ['G1a', 'internal'],
  /** A value that nobody wrote cannot have been committed. Our own name; others ignore such reads. */
  'thin-air-read': ['G1a'],
  'future-read': ['G1c'],
  'lost-update': ['G2-item', 'write-skew'],
  'write-skew': ['G2'],
  // Our own names: orders of writers that a weak level forces by what readers knew, in a circle.
  'monotonic-atomic-view-cycle': ['read-atomic-cycle', 'monotonic-atomic-view-cycle-process'],
  'monotonic-atomic-view-cycle-process': ['read-atomic-cycle-process'],
  'read-atomic-cycle': ['causal-cycle', 'read-atomic-cycle-process'],
  'read-atomic-cycle-process': ['causal-cycle-process'],
  'causal-cycle': ['causal-cycle-process'],
  'causal-cycle-process': [],
  GSIa: ['GSI'],
  GSIb: ['GSI'],
};

/** Anomaly → anomalies that it is a case of, one step. */
export const ANOMALY_IMPLIES: ReadonlyMap<string, readonly string[]> = expand();

function expand(): Map<string, readonly string[]> {
  const implied = new Map<string, readonly string[]>();
  for (const [name, weaker] of Object.entries(VARIANTS)) {
    implied.set(name, [...weaker, `${name}-process`]);
    implied.set(`${name}-process`, [...weaker.map((other) => `${other}-process`), `${name}-realtime`]);
    implied.set(
      `${name}-realtime`,
      weaker.map((other) => `${other}-realtime`),
    );
  }
  for (const [name, weaker] of Object.entries(OTHERS)) implied.set(name, [...(implied.get(name) ?? []), ...weaker]);
  return implied;
}
