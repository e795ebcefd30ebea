import { defineBuildConfig } from 'unbuild'

/** Beside what the module builder does itself. */
export default defineBuildConfig({
  hooks: {
    // Declares modules that exist in an app alone; the built declarations don't refer to them.
    'mkdist:entry:options': (_, __, options) => {
      // Its stylesheet stays as it is tested.
      options.postcss = false
      options.pattern = [options.pattern ?? '**', '!**/{virtual,build}.d.ts'].flat()
    },
  },
})
