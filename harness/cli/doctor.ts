import pc from 'picocolors';
import { EXIT } from '../kit/errors.js';
import { systems } from '../registry.js';
import { command } from './command.js';

const MARKS = { ok: pc.green('✓'), missing: pc.red('✗'), unavailable: pc.yellow('–') } as const;

export const doctorCommand = command({
  command: 'doctor',
  describe: 'What this machine has, what is missing and what its kernel can and cannot do',
  options: { json: { type: 'boolean', default: false, describe: 'print the findings as JSON' } },
  run: async ({ json }) => {
    const { examine } = await import('../../docker/engine/doctor.js');
    const findings = await examine(await Promise.all(Object.values(systems).map((load) => load())));
    if (json) {
      console.log(JSON.stringify(findings, null, 2));
    } else {
      const width = Math.max(...findings.map(({ name }) => name.length));
      for (const { name, status, detail, remedy } of findings) {
        console.log(`${MARKS[status]} ${name.padEnd(width)}  ${detail}${remedy ? pc.dim(` → ${remedy}`) : ''}`);
      }
    }
    if (findings.some(({ status }) => status === 'missing')) process.exitCode = EXIT.harnessError;
  },
});
