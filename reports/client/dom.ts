type Attributes = Readonly<Record<string, string | undefined>>;

/** An element with attributes and children; text is always text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A sign instead of words gets the title as its name for those who cannot see it. */
export function button(label: string, title: string, onClick: () => void): HTMLButtonElement {
  const isSign = !/[a-z]/i.test(label);
  const made = element('button', { type: 'button', title, 'aria-label': isSign ? title : undefined }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** Fits a canvas to its box at the screen's resolution; answers the context, scaled to CSS pixels. */
export function prepareCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
