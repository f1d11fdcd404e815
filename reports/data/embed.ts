/**
 * JSON for a data block of a page. `<` is escaped, so that neither `</script>` nor `<!--` inside a value can end the
 * block or change how the parser reads it.
 */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
