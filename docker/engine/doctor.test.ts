import { afterEach, describe, expect, it, vi } from 'vitest';
import { EXIT } from '../../harness/kit/errors.js';
import { prepareEngine } from './bootstrap.js';
import { examine } from './doctor.js';
import { asUserError, connect } from './engine.js';

afterEach(() => vi.unstubAllEnvs());

describe('without a Docker Engine', () => {
  const missing = 'unix:///nonexistent/docker.sock';

  it('the doctor says what is missing and what to do, and examines the rest', async () => {
    vi.stubEnv('DOCKER_HOST', missing);
    const findings = await examine();
    const engine = findings.find(({ name }) => name === 'Docker Engine');
    expect(engine).toMatchObject({ status: 'missing', detail: expect.stringContaining('apt-get install docker.io') });
    expect(findings.map(({ name }) => name)).toEqual(expect.arrayContaining(['cores', 'memory', 'free disk', 'root']));
  });

  it.each(['unix:///nonexistent/docker.sock', 'tcp://127.0.0.1:1', 'nonsense://'])(
    'connecting to %s is an error of one line that says what to do',
    async (host) => {
      vi.stubEnv('DOCKER_HOST', host);
      const error = await connect().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'UserError', exitCode: EXIT.harnessError });
      expect((error as Error).message).toMatch(/^No Docker Engine answers at DOCKER_HOST=.*set DOCKER_HOST\.$/);
    },
  );

  it('nothing is installed where DOCKER_HOST points elsewhere', async () => {
    vi.stubEnv('DOCKER_HOST', missing);
    await expect(prepareEngine()).rejects.toThrow('No Docker Engine answers at DOCKER_HOST');
  });
});

describe('what the engine refuses', () => {
  it('is one line for the user, with the reason', () => {
    const refusal = new Error('(HTTP code 500) server error - write /var/lib:\n  no space left on device');
    expect(asUserError('Building the images', refusal)).toMatchObject({
      message: 'Building the images failed: (HTTP code 500) server error - write /var/lib: no space left on device',
      exitCode: EXIT.harnessError,
      cause: refusal,
    });
    const known = asUserError('x', refusal);
    expect(asUserError('Something else', known)).toBe(known);
  });
});
