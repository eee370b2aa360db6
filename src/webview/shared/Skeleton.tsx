import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Stands where the content will be. Nothing for 300 ms: mostly it is there before. */
export function Skeleton({ label, form = false }: { label: string; form?: boolean }): JSX.Element | null {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return null;
  return (
    <div class={form ? 'form skeleton' : 'skeleton'} role="group" aria-busy="true" aria-label={label}>
      <div />
      <div />
      <div />
    </div>
  );
}
