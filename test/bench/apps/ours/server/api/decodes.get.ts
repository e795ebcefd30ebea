export default defineEventHandler(() => globalThis.decodes ?? 0)
