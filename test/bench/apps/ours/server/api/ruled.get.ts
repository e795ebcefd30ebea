export default defineEventHandler(() => ({ name: 'Ada', role: 'admin' }))
