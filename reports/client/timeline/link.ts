/** Journal index that the address asks for: `#op=812`. */
export function linkedIndex(): number | undefined {
  const match = /^#op=(\d+)$/.exec(location.hash);
  return match === null ? undefined : Number(match[1]);
}

/** Lets the address name what is selected. */
export function replaceHash(hash: string): void {
  // Does not scroll and adds nothing to the history; some browsers refuse it for local files.
  try {
    history.replaceState(null, '', hash);
  } catch {
    /* The selection stands without a link. */
  }
}
