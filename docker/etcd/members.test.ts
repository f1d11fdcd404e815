import { describe, expect, it } from 'vitest';
import type { ClusterNode } from '../system.js';
import type { EtcdAdmin, EtcdMember } from './admin.js';
import { type Peer, peerOf, procedures } from './members.js';

const nodes: readonly ClusterNode[] = ['n1', 'n2', 'n3'].map((name, at) => ({ name, address: `10.0.0.${at + 1}` }));
const [n1, n2, n3] = nodes;
const memberOf = (node: ClusterNode): EtcdMember => ({ id: node.name, name: node.name, peerUrls: [peerOf(node)] });

/** Members as each node knows them: n2 learns of a change only after it was asked so often. */
class FakeAdmin {
  readonly calls: string[] = [];
  private asked = 0;
  private before: readonly EtcdMember[] | undefined;

  constructor(
    private known: readonly EtcdMember[],
    private readonly lag = 0,
  ) {}

  members(node: ClusterNode): Promise<readonly EtcdMember[]> {
    const { before } = this;
    return Promise.resolve(before !== undefined && node === n2 && this.asked++ < this.lag ? before : this.known);
  }

  addMember(via: ClusterNode, peerUrl: string): Promise<void> {
    this.calls.push(`${via.name} add ${peerUrl}`);
    this.before = this.known;
    this.known = [...this.known, { id: 'new', name: '', peerUrls: [peerUrl] }];
    return Promise.resolve();
  }

  updateMember(via: ClusterNode, id: string, peerUrl: string): Promise<void> {
    this.calls.push(`${via.name} update ${id} ${peerUrl}`);
    return Promise.resolve();
  }

  removeMember(via: ClusterNode, id: string): Promise<void> {
    this.calls.push(`${via.name} remove ${id}`);
    this.known = this.known.filter((member) => member.id !== id);
    return Promise.resolve();
  }
}

function proceduresOn(admin: FakeAdmin) {
  const started: (readonly Peer[])[] = [];
  const made = procedures(admin as unknown as EtcdAdmin, (_, members) => {
    started.push(members);
    return {} as ReturnType<Parameters<typeof procedures>[1]>;
  });
  return { ...made, started };
}

describe('members of etcd', () => {
  it('a newcomer starts with a list that he is on, though the member asked first does not know him yet', async () => {
    const admin = new FakeAdmin([memberOf(n1), memberOf(n2)], 3);
    const { members, started } = proceduresOn(admin);
    await members.joining(n3, [n2, n1]);
    expect(admin.calls).toEqual([`n2 add ${peerOf(n3)}`]);
    expect(started).toHaveLength(1);
    const peers = started[0].map(({ name, peerUrls }) => [name, ...peerUrls]);
    expect(peers).toEqual(nodes.map((node) => [node.name, peerOf(node)]));
  });

  it('one that was announced before is not announced again', async () => {
    const admin = new FakeAdmin([memberOf(n1), memberOf(n2), { id: 'new', name: '', peerUrls: [peerOf(n3)] }]);
    const { members, started } = proceduresOn(admin);
    await members.joining(n3, [n1, n2]);
    expect(admin.calls).toEqual([]);
    expect(started[0].map(({ name }) => name)).toEqual(['n1', 'n2', 'n3']);
  });

  it('one that joins again is removed first, with what was announced and never came', async () => {
    const lost = { id: 'lost', name: '', peerUrls: ['http://10.0.0.9:2380'] };
    const admin = new FakeAdmin([memberOf(n1), memberOf(n2), memberOf(n3), lost]);
    const { moves } = proceduresOn(admin);
    await moves.rejoining(n3, [n1, n2]);
    expect(admin.calls).toEqual(['n1 remove n3', 'n1 remove lost', `n1 add ${peerOf(n3)}`]);
  });

  it('one with another address has it changed, and alone has nobody to tell', async () => {
    const admin = new FakeAdmin(nodes.map(memberOf));
    const { moves, started } = proceduresOn(admin);
    const moved = { ...n3, address: '10.0.0.7' };
    await moves.relocated(moved, [n1, n2]);
    expect(admin.calls).toEqual([`n1 update n3 ${peerOf(moved)}`]);
    await moves.relocated(moved, []);
    expect(admin.calls).toHaveLength(1);
    expect(started[1]).toEqual([{ name: 'n3', peerUrls: [peerOf(moved)] }]);
  });

  it('are those with a name', async () => {
    const admin = new FakeAdmin([memberOf(n1), { id: 'new', name: '', peerUrls: [peerOf(n3)] }]);
    expect(await proceduresOn(admin).members.list([n1])).toEqual(['n1']);
  });
});
