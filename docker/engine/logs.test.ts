import { describe, expect, it } from 'vitest';
import { demultiplexed } from './logs.js';

const frame = (stream: number, text: string) => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

describe('log frames', () => {
  it('are joined in order, over both outputs', () => {
    const frames = Buffer.concat([frame(1, 'grüße\n'), frame(2, 'error\n'), frame(1, '')]);
    expect(demultiplexed(frames).toString()).toBe('grüße\nerror\n');
  });

  it('may be torn at the end', () => {
    expect(demultiplexed(frame(1, 'whole').subarray(0, 11)).toString()).toBe('who');
    expect(demultiplexed(Buffer.from([1, 0, 0])).toString()).toBe('');
  });
});
