import { compileRules, toPathRules } from '../../src/build/route-rules'
import type { RouteRules } from '../../src/build/route-rules'
import type { PathRule } from '../../src/runtime/shared/paths'
import type { AuthRule } from '../../src/runtime/shared/types'

/** The compiled route rules of the app; a test fills them with `setRules`. */
export const rules: PathRule<AuthRule>[] = []

/** The sign-in page of the app, in every spelling. */
export const signInPaths: string[] = []

export function setRules(routeRules: RouteRules, signIn: string[] = []): void {
  signInPaths.splice(0, signInPaths.length, ...signIn)
  rules.splice(0, rules.length, ...toPathRules(compileRules(routeRules)))
}
