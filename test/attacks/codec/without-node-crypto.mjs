// Preloaded (`node --import`), or before the tests: a host that has Node's modules, but no node:crypto to hand out.
const { getBuiltinModule } = process
process.getBuiltinModule = id => /^(?:node:)?crypto$/.test(id) ? undefined : getBuiltinModule(id)
