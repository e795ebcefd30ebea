import { decodes } from '../decodes'

export default defineEventHandler(() => decodes.count)
