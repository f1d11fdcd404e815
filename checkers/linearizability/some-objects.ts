import type { Objects } from './objects.js';

/** Some of the objects, numbered anew. */
export function only(objects: Objects, numbers: readonly number[]): Objects {
  if (numbers.length === objects.count) return objects;
  return {
    count: numbers.length,
    name: (object) => objects.name(numbers[object]),
    size: (object) => objects.size(numbers[object]),
    judge: (object, deadline) => objects.judge(numbers[object], deadline),
    explain: (object, decision, deadline, left) => objects.explain(numbers[object], decision, deadline, left),
    share() {
      const all = objects.share();
      if (all === undefined) return undefined;
      return all.what === 'registers'
        ? { ...all, keys: numbers.map((number) => all.keys[number]) }
        : { ...all, parts: numbers.map((number) => all.parts[number]) };
    },
  };
}
