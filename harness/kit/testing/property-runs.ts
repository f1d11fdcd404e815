import fc from 'fast-check';
/** Random cases of each property in CI; nightly runs ask for more by `FAULTLINE_PROPERTY_RUNS` (`bench/properties.ts`). */
const IN_CI = 200;

const asked = process.env['FAULTLINE_PROPERTY_RUNS'];

/** Whether more runs were asked for than CI makes, so that a test may print figures. */
export const IS_NIGHTLY = asked !== undefined;

/** @throws RangeError where the variable is no positive whole number: a property of NaN runs would hold of anything */
export const PROPERTY_RUNS = runsOf(asked);

function runsOf(text: string | undefined): number {
  if (text === undefined) return IN_CI;
  const runs = Number(text);
  if (!Number.isSafeInteger(runs) || runs < 1) throw new RangeError(`FAULTLINE_PROPERTY_RUNS: not a count: ${text}`);
  return runs;
}

// The runs of every day are the same ones everywhere, so that a change that fails is told from luck; those that are asked
// for look elsewhere every time, and fast-check prints the seed of what they find.
if (!IS_NIGHTLY) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1 });
