/** An event on EventBridge's bus, as far as patterns look at it. */
export interface BusEvent {
  readonly [field: string]: string | readonly string[] | BusEvent;
}

/** A pattern: fields with the values that match, or patterns of what is in them; `$or` has several. */
type Pattern = Readonly<Record<string, unknown>>;

/**
 * True for an event that a rule's pattern lets through. Patterns hold texts and prefixes; what else
 * EventBridge knows matches nothing here.
 */
export function lets(pattern: string, event: BusEvent): boolean {
  return matches(JSON.parse(pattern) as Pattern, event);
}

function matches(pattern: Pattern, event: BusEvent): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === "$or") {
      return (wanted as readonly Pattern[]).some((one) => matches(one, event));
    }
    const found = event[field];
    if (Array.isArray(wanted)) {
      const values = typeof found === "string" ? [found] : Array.isArray(found) ? found : [];
      return wanted.some((one) => values.some((value) => fits(one, String(value))));
    }
    return (
      typeof found === "object" &&
      !Array.isArray(found) &&
      matches(wanted as Pattern, found as BusEvent)
    );
  });
}

function fits(wanted: unknown, value: string): boolean {
  return typeof wanted === "object" && wanted !== null && "prefix" in wanted
    ? value.startsWith(String(wanted.prefix))
    : wanted === value;
}
