import { describe, expect, it } from 'vitest';
import { sourcesFor } from './apt.js';

const TARGETS = [
  'Debian|http://mirror.example/debian/|trixie|main',
  'Debian|http://mirror.example/debian/|trixie|contrib',
  'Debian|http://mirror.example/debian/|trixie-updates|main',
  'Debian|http://mirror.example/security/|trixie-security|main',
  'Debian Backports|http://mirror.example/debian/|trixie-backports|main',
  'Example|http://example.example/apt/|trixie|main',
  '',
].join('\n');

describe('sources of the base image', () => {
  it('are the machine’s own, for the suite asked', () => {
    expect(sourcesFor('bookworm', TARGETS, 'trixie')).toEqual([
      'deb http://mirror.example/debian/ bookworm main',
      'deb http://mirror.example/debian/ bookworm-updates main',
      'deb http://mirror.example/security/ bookworm-security main',
    ]);
  });

  it('are left to mmdebstrap where the machine is not a Debian, or has no archive configured', () => {
    expect(sourcesFor('bookworm', 'Ubuntu|http://mirror.example/ubuntu/|noble|main', 'noble')).toEqual([]);
    expect(sourcesFor('bookworm', 'Debian|http://mirror.example/security/|trixie-security|main', 'trixie')).toEqual([]);
    expect(sourcesFor('bookworm', '', '')).toEqual([]);
  });
});
