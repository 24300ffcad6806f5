/** The time now in a form of C's, as templates ask for it: `%d %b %Y`. */
export function strftime(form: string): string {
  const now = new Date(performance.timeOrigin + performance.now());
  const two = (value: number): string => String(value).padStart(2, '0');
  const month = (length: 'short' | 'long'): string => now.toLocaleString('en-US', { month: length });
  const parts: Readonly<Record<string, () => string>> = {
    '%Y': () => String(now.getFullYear()),
    '%m': () => two(now.getMonth() + 1),
    '%d': () => two(now.getDate()),
    '%b': () => month('short'),
    '%B': () => month('long'),
    '%H': () => two(now.getHours()),
    '%M': () => two(now.getMinutes()),
    '%%': () => '%',
  };
  return String(form).replaceAll(/%[YmdbBHM%]/g, (part) => parts[part]!());
}
