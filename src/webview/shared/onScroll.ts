/** Calls whenever the element is scrolled or becomes another size; answers what ends it. */
export function onScroll(element: HTMLElement, look: () => void): () => void {
  element.addEventListener('scroll', look, { passive: true });
  const observer = new ResizeObserver(look);
  observer.observe(element);
  return () => {
    element.removeEventListener('scroll', look);
    observer.disconnect();
  };
}
