export type IconName = 'valid' | 'invalid' | 'unknown' | 'trouble';

const SHAPES: Readonly<Record<IconName, { readonly frame: string; readonly glyph: string }>> = {
  valid: { frame: 'M12 1.5a10.5 10.5 0 1 0 0 21a10.5 10.5 0 1 0 0 -21z', glyph: 'M7 12.5l3.4 3.4L17.2 8.6' },
  invalid: { frame: 'M7.5 1.5h9l6 6v9l-6 6h-9l-6 -6v-9z', glyph: 'M8 8l8 8m0 -8l-8 8' },
  unknown: { frame: 'M12 1.8L23 21.2H1z', glyph: 'M12 9v5.6m0 2.6v.2' },
  trouble: { frame: 'M2.5 2.5h19v19h-19z', glyph: 'M12 7v6m0 3.4v.2' },
};

/** A verdict as a shape, so that it does not depend on colour: disc, octagon, triangle, square. */
export function Icon({ name }: { name: IconName }) {
  const { frame, glyph } = SHAPES[name];
  return (
    <svg class={`icon ${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path class="frame" d={frame} />
      <path class="glyph" d={glyph} />
    </svg>
  );
}
