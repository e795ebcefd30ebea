type Listener = (...args: unknown[]) => unknown

/** Nitro's hooks, with one listener for each name. */
export function createHooks() {
  const listeners: Record<string, Listener> = {}
  return {
    // Each host types the listeners of its own hooks.
    hook: (name: string, run: (...args: never[]) => unknown) => void (listeners[name] = run as Listener),
    callHook: async (name: string, ...args: unknown[]) => await listeners[name]?.(...args),
  }
}
