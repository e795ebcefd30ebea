export default defineEventHandler(() => ({ marker: 'RULED-MARKER' }))
