/** Throws with what was seen unless it fits. */
export function expect(seen: string, pattern: RegExp): void {
  if (!pattern.test(seen)) throw new Error(`expected ${pattern}, saw ${seen}`);
}
