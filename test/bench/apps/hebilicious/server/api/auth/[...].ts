import { NuxtAuthHandler } from '#auth'
import { authOptions } from '../../options'

export default NuxtAuthHandler(authOptions, useRuntimeConfig())
