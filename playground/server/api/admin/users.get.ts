// The route rule of `/api/admin/**` lets only admins in.
export default defineEventHandler(() => ['Ada', 'Grace'])
