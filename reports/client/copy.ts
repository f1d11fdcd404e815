/** Shows the copy buttons; without this script they would do nothing and stay hidden. */
export function setUpCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    const source = button.parentElement!.querySelector('pre')!;
    button.hidden = false;
    button.addEventListener('click', () => {
      void navigator.clipboard.writeText(source.textContent.trim()).then(
        () => flash(button, 'Copied'),
        () => select(source, button),
      );
    });
  }
}

/** Where a page may not write the clipboard, at least the text is selected. */
function select(source: HTMLElement, button: HTMLButtonElement): void {
  getSelection()?.selectAllChildren(source);
  flash(button, 'Selected');
}

function flash(button: HTMLButtonElement, text: string): void {
  button.textContent = text;
  setTimeout(() => (button.textContent = 'Copy'), 1_500);
}
