/** The collection that the records of a step go to: the one it names, else that of its id. */
export function collectionOf(step: { id?: string | undefined }, extract: { into?: string | undefined }): string {
  return extract.into ?? step.id ?? 'records';
}
