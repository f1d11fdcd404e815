import { clip, visible } from '../text.js';
import type { View } from '../view.js';
import { Section } from './section.js';

const MAX_JSON_CHARACTERS = 100_000;

/** The data this page was made from, for the next tool. */
export function Raw({ view }: { view: View }) {
  const { plan, results } = view;
  const files = view.files ?? (plan === undefined ? [] : RUN_FILES);
  return (
    <Section id="data" title="Raw data">
      {files.length > 0 && (
        <p>
          Beside this page:{' '}
          {files.map((file, position) => (
            <>
              {position > 0 && ', '}
              <a href={`./${encodeURIComponent(file)}`}>{visible(file)}</a>
            </>
          ))}
          .
        </p>
      )}
      {plan !== undefined && <JsonBlock title="Plan" value={plan} />}
      <JsonBlock title="Results" value={results} />
    </Section>
  );
}
const RUN_FILES = ['plan.json', 'history.jsonl', 'results.json', 'summary.md', 'junit.xml'];

function JsonBlock({ title, value }: { title: string; value: unknown }) {
  return (
    <details>
      <summary>{title}</summary>
      <pre class="scroll" tabindex={0} aria-label={title}>
        {visible(clip(JSON.stringify(value, undefined, 2), MAX_JSON_CHARACTERS))}
      </pre>
    </details>
  );
}
