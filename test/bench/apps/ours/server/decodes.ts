/** How often a token was decoded, where `BENCH_COUNT` asks for it. */
export const decodes = { count: 0 }
