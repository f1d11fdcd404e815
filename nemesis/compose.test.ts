import { describe, expect, it } from 'vitest';
import { EXIT, UserError } from '../harness/kit/errors.js';
import { composeNemeses } from './compose.js';
import { kill } from './kill.js';
import { partition } from './partition.js';
import { pause } from './pause.js';

const known = [partition, kill, pause];
const five = { system: 'etcd', nodes: 5, abilities: ['network', 'processes', 'freezer'] } as const;

describe('composing nemeses', () => {
  it('keeps the order asked for, each once', () => {
    const names = composeNemeses(['pause', 'kill', 'pause'], known, five).map(({ name }) => name);
    expect(names).toEqual(['pause', 'kill']);
  });

  it('narrows targets to what makes sense at this size', () => {
    const [cut, dead] = composeNemeses(['partition', 'kill'], known, { ...five, nodes: 2 });
    expect(cut.targets).toEqual([
      'random-halves',
      'isolate-one',
      'isolate-leader',
      'one-way',
      'mute-leader',
      'deaf-leader',
      'clients-node',
      'clients-half',
      'region',
    ]);
    expect(dead.targets).toEqual(['one', 'majority', 'all', 'leader', 'non-leader']);
    expect(composeNemeses(['partition'], known, five)[0].targets).toEqual(partition.targets);
  });

  it('narrows targets to those asked for', () => {
    const targetsOf = (...names: string[]) => composeNemeses(names, known, five).map(({ targets }) => targets);
    expect(targetsOf('kill:leader', 'partition:bridge', 'kill:all')).toEqual([['leader', 'all'], ['bridge']]);
    expect(targetsOf('kill:leader', 'kill')).toEqual([kill.targets]);
  });

  it.each([
    ['kill:leeder', five, '-n kill:leeder: no such target on 5 nodes of etcd; did you mean leader?'],
    ['kill:minority', { ...five, nodes: 1 }, '-n kill:minority: no such target on 1 node of etcd'],
    ['patition', five, 'unknown nemesis patition (-n): did you mean partition? There are: partition, kill, pause'],
    [
      'partition',
      { ...five, abilities: ['processes'] as const },
      'nemesis partition needs the ability network, which system etcd does not declare; leave it out of -n',
    ],
    [
      'partition',
      { ...five, nodes: 1 },
      'nemesis partition needs at least 2 nodes, not 1; raise --nodes or leave it out of -n',
    ],
  ])('refuses %s in one line', (name, terrain, message) => {
    const composing = () => composeNemeses([name], known, terrain);
    expect(composing).toThrow(UserError);
    expect(composing).toThrow(message);
    expect(() => composing()).toThrow(expect.objectContaining({ exitCode: EXIT.badArguments }));
  });
});
