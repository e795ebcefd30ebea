// The route rule of `/api/admin/**` has let in admins alone.
export default defineEventHandler(() => ['Ada', 'Grace'])
