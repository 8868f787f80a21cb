/** How much memory there is, as far as sizes are bounded by it. */
export const getHeapStatistics = (): { readonly heap_size_limit: number } => ({ heap_size_limit: 2 ** 30 });
