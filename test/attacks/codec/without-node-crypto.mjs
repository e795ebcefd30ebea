// Preloaded (`node --import`) or run before the tests: simulates a host with Node's modules but without node:crypto.
const { getBuiltinModule } = process
process.getBuiltinModule = id => /^(?:node:)?crypto$/.test(id) ? undefined : getBuiltinModule(id)
