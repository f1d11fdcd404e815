/** What a sequential test is to tell apart, and how often it may err. */
export interface SequentialTest {
  /** A candidate that fails this often, or more rarely, is to be refused. */
  readonly low: number;
  /** One that fails this often, or more often, is to be accepted. */
  readonly high: number;
  /** How often it may decide wrongly at these two shares. */
  readonly error: number;
}

export type Decision = 'accept' | 'refuse' | 'go-on';

/**
 * Wald's sequential probability ratio test (1945): whether something happens often or rarely is decided after as few
 * trials as the outcomes allow, mostly far fewer than a fixed number that errs as seldom would take.
 */
export function decide({ low, high, error }: SequentialTest, times: number, of: number): Decision {
  const ratio = times * Math.log(high / low) + (of - times) * Math.log((1 - high) / (1 - low));
  // Two thirds of the way twice are all of it, whatever floating point makes of it.
  const bound = Math.log((1 - error) / error) - 1e-9;
  if (ratio >= bound) return 'accept';
  return ratio <= -bound ? 'refuse' : 'go-on';
}

/**
 * The test for candidates that are to fail about as often as the original did, which showed `times` of `of`: a quarter
 * as often is too rare, three quarters are as good. Laplace's rule of succession keeps few trials from claiming certainty.
 */
export function testFor(times: number, of: number): SequentialTest {
  const share = (times + 1) / (of + 2);
  return { low: share / 4, high: (3 * share) / 4, error: 0.1 };
}
