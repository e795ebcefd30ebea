import { Auth } from '@auth/core'
import { config } from '../../auth'

export default defineEventHandler(event => Auth(toWebRequest(event), config))
