import { count, plural } from '../text.js';
import type { View } from '../view.js';
import { Section } from './section.js';

/** The frame of the timeline; the page's script fills it. */
export function Timeline({ view }: { view: View }) {
  return (
    <Section id="timeline" title="Timeline" lead={leadOf(view)}>
      <div id="timeline-app" class="timeline">
        <p class="pending">The timeline is drawn by this page's own script.</p>
      </div>
    </Section>
  );
}

export function leadOf({ selection, results }: View): string {
  const { total, positions, everyOk, everyOther } = selection;
  if (positions.length === total)
    return `${total > 1 ? 'All ' : ''}${plural(total, 'operation')}, by process${results.faults.length > 0 ? '; faults are shaded' : ''}.`;
  const others =
    everyOther === 1
      ? 'every one that failed or stayed unknown'
      : `1 in ${everyOther} of those that failed or stayed unknown`;
  return (
    `${count(positions.length)} of ${plural(total, 'operation')}, so that a browser stays quick: every operation that proves an anomaly, ` +
    `${others}, and 1 in ${everyOk} of the rest. Counts and charts are of all; the history beside this page is complete.`
  );
}
