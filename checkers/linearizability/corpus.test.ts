import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../harness/history/formats/read.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED } from '../checker.js';
import { kv } from '../models/kv.js';
import { mutex } from '../models/mutex.js';
import { casRegister } from '../models/register.js';
import { models } from '../models/models.js';
import type { Model } from '../model.js';
import { linearizable } from './linearizability.js';

const folder = fileURLToPath(new URL('../../../shared/histories/linearizability', import.meta.url));
const missing = !existsSync(folder);
if (missing) console.warn(`external corpus not found at ${folder}: its histories are not checked`);

const context = (options: Readonly<Record<string, Json>> = {}) => ({ budget: UNLIMITED, options });

describe("the repository's own corpus", () => {
  const own = fileURLToPath(new URL('../corpus', import.meta.url));
  for (const file of readdirSync(own).filter((name) => /^linearizable-.*-(good|bad)\.jsonl$/.test(name))) {
    // The model is the longest name that the rest of the file's begins with.
    const [model] = models
      .filter(({ name }) => file.startsWith(`linearizable-${name}-`))
      .sort((a, b) => b.name.length - a.name.length);
    it(file, async () => {
      const { history } = await readHistory(`${own}/${file}`);
      const verdict = await linearizable(model as Model<unknown>).check(history, context());
      expect(verdict.validity).toBe(file.endsWith('-good.jsonl') ? 'valid' : 'invalid');
    });
  }
});

describe.skipIf(missing)('the external corpus', () => {
  it('etcd logs', async () => {
    const verdicts = JSON.parse(readFileSync(`${folder}/porcupine-etcd/VERDICTS.json`, 'utf8')) as Record<
      string,
      string
    >;
    for (const [file, expected] of Object.entries(verdicts)) {
      const { history } = await readHistory(`${folder}/porcupine-etcd/${file}`);
      const verdict = await linearizable(casRegister).check(history, context());
      expect(verdict.validity, file).toBe(expected);
    }
  });

  it('keyed strings', async () => {
    for (const file of readdirSync(`${folder}/porcupine-kv`)) {
      const { history } = await readHistory(`${folder}/porcupine-kv/${file}`);
      const verdict = await linearizable(kv).check(history, context());
      expect(verdict.validity, file).toBe(file.endsWith('-ok.txt') ? 'valid' : 'invalid');
    }
  });

  it('registers that start at 0', async () => {
    for (const file of readdirSync(`${folder}/knossos-cas`)) {
      const { history } = await readHistory(`${folder}/knossos-cas/${file}`);
      const verdict = await linearizable(casRegister).check(history, context({ initial: 0 }));
      expect(verdict.validity, file).toBe(file.startsWith('good') ? 'valid' : 'invalid');
    }
  });

  it('a mutex', async () => {
    const { history } = await readHistory(`${folder}/mutex-bad-etcd.edn`);
    expect((await linearizable(mutex).check(history, context())).validity).toBe('invalid');
  });
});
