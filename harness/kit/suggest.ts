import { closest, distance } from 'fastest-levenshtein';

/** `, did you mean x?` where one of the names is near, otherwise the list of them. For the end of an error line. */
export function suggestion(given: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const nearest = closest(given, [...names]);
  const near = distance(given, nearest) <= Math.max(2, Math.floor(nearest.length / 3));
  return near ? `; did you mean ${nearest}?` : `; known: ${names.join(', ')}`;
}
