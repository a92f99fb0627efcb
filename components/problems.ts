/**
 * Throws every problem of a component's inputs at once, before anything is registered.
 *
 * @param component Class of the component.
 * @param name The component's logical name.
 */
export function rejectProblems(component: string, name: string, problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new RangeError(`${component} '${name}': ${problems.join("; ")}`);
  }
}
