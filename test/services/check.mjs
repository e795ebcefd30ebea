// Reports missing programs in one line, before anything else starts.
import { existsSync, readdirSync } from 'node:fs'

const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').map(version => `/usr/lib/postgresql/${version}/bin`) : []
const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', ...versions]
const missing = ['initdb', 'postgres', 'redis-server'].filter(name => !folders.some(folder => existsSync(`${folder}/${name}`)))
if (missing.length > 0) {
  process.stderr.write(`test:services needs ${missing.join(', ')}: RUNLEVEL=1 apt-get install -y --no-install-recommends redis-server postgresql-15\n`)
  process.exit(1)
}
