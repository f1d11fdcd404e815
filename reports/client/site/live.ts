/**
 * Pages of `faultline serve`: elements marked `data-live="<field>"` show the newest value of that field, as the server
 * sends it. When the run ends, the page is loaded again, and then has its verdict.
 */
export function setUpLive(): void {
  const place = document.querySelector<HTMLElement>('[data-events]');
  if (place === null) return;
  const events = new EventSource(place.dataset['events']!);
  events.addEventListener('message', ({ data }) => {
    const fields = JSON.parse(String(data)) as Readonly<Record<string, string>>;
    for (const element of place.querySelectorAll<HTMLElement>('[data-live]')) {
      const value = fields[element.dataset['live']!];
      if (value !== undefined && element.textContent !== value) element.textContent = value;
    }
    const points = fields['points'];
    if (points !== undefined) place.querySelector('[data-live-line]')?.setAttribute('points', points);
  });
  events.addEventListener('ended', () => {
    events.close();
    location.reload();
  });
}
