/** Sets it as the youngest of at most `kept`; the oldest is forgotten. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, kept: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > kept && !oldest.done) map.delete(oldest.value);
}
