import { describe, expect, it } from 'vitest';
import { simulated } from '../../harness/simulated/system.js';
import { runSabotaged } from './run.js';
import { SABOTAGES } from './sabotages.js';

describe('a run that was sabotaged says so', () => {
  it.each(SABOTAGES.filter(({ quick }) => quick === true).map((sabotage) => [sabotage.name, sabotage] as const))(
    '%s',
    async (_, sabotage) => {
      const found = await runSabotaged(sabotage, simulated);
      expect(found, found.told).toMatchObject({ asExpected: true });
    },
    120_000,
  );
});
