/**
 * A registry key in quotes, as an error message may show it. User info, query and fragment are masked: people paste
 * URLs with tokens in them.
 */
export function shownKey(key: string): string {
  const masked = key.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1***@").replace(/([?#]).*$/s, "$1***");
  return JSON.stringify(masked.length > 120 ? `${masked.slice(0, 120)}…` : masked);
}
