import { clip, visible } from '../text.js';
import type { View } from '../view.js';
import { Section } from './section.js';

const MAX_LOG_CHARACTERS = 60_000;

/** What the nodes wrote, clipped to what matters. */
export function Logs({ view }: { view: View }) {
  const logs = view.logs ?? [];
  if (logs.length === 0) return null;
  return (
    <Section id="logs" title="Node logs" lead="Excerpts; the whole logs lie beside this page.">
      {logs.slice(0, 40).map(({ node, file, text, excerpt }) => (
        <details class="log">
          <summary>
            <span class="name">{visible(clip(node, 60))}</span>
            <span class="what">{visible(clip(file, 120))}</span>
            <span class="when">{visible(clip(excerpt, 160))}</span>
          </summary>
          <pre class="scroll" tabindex={0} aria-label={`Log of ${visible(clip(node, 60))}`}>
            {visible(clip(text, MAX_LOG_CHARACTERS))}
          </pre>
        </details>
      ))}
    </Section>
  );
}
