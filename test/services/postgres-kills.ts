import { expect } from 'vitest'
import { Visitor } from '../e2e/app'
import type { Server } from '../e2e/server'
import { expectPrompt, expectSurvived, killAtRandom } from './kills'
import type { Report, Survivor } from './kills'
import type { Postgres } from './postgres'
import { toRandom } from './random'
import { toLeaver, toMember, toStranger } from './watchers'

/** Kills a PostgreSQL while two servers store sessions in it. Throws if that does more than delay them. */
export async function killPostgres(postgres: Postgres, servers: [Server, Server], times: number, title: string): Promise<{ report: Report, members: Visitor[] }> {
  const survivors = servers.map(toSurvivor)
  const random = toRandom()
  const arrive = async ({ origin }: Server, name: string) => {
    const visitor = new Visitor(origin)
    const { status } = await visitor.signIn({ name, password: 'right' })
    return status === 200 ? visitor : status
  }
  const arrived = await Promise.all(Array.from({ length: 8 }, (_, index) => arrive(servers[index % 2]!, `user-${index + 2}`)))
  const members = arrived.filter(visitor => typeof visitor !== 'number')
  expect(members).toHaveLength(8)
  const watchers = [
    ...members.map((visitor, index) => toMember(visitor, index % 4 > 1 ? '/api/auth/session' : '/api/me', [503])),
    toStranger(servers[0].origin, '/api/me'),
    ...toLeaver(() => arrive(random.pick(servers), 'Ada'), random),
  ]
  const report = await killAtRandom(postgres, watchers, random, { times })
  expectSurvived(title, report, survivors)
  expectPrompt(report.longest, report.stranger)
  return { report, members }
}

function toSurvivor({ child }: Server): Survivor {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => output += String(chunk))
  return {
    get output() { return output },
    get isRunning() { return child.exitCode === null && child.signalCode === null },
  }
}
