/** Simulates one user after the other in one browser, with random actions. */
import { cookieName } from '../e2e/sessions'
import { Member, toName } from './member'
import type { Place } from './member'
import { sleep } from './random'
import type { Random } from './random'

/** Access tokens are refreshed 30 seconds before they expire, so in effect these live for 1 to 3 seconds. */
const lifetimes = [31, 33] as const
/** Pause between two actions, in milliseconds. */
const think = [80, 320] as const

/** Runs browser `index` of 50, which has two users of its own. Returns when `isOver`. */
export async function churn(place: Place, index: number, isOver: () => boolean): Promise<void> {
  const people = [toName(index), toName(index + 500)]
  while (!isOver()) {
    try {
      await visit(new Member(place), people, place.random, isOver)
    }
    catch (error) {
      place.tally.failures.push(`browser ${index}: ${String(error)}`)
      await sleep(500)
    }
  }
}

async function visit(member: Member, people: string[], random: Random, isOver: () => boolean): Promise<void> {
  const next = (current: string) => people.find(name => name !== current) ?? ''
  let name = random.pick(people)
  do {
    await member.signIn(name, random.between(...lifetimes), random.next() < 0.3)
    for (let left = random.between(4, 12); left > 0; left--) {
      await sleep(random.between(...think))
      await random.pick(steps)(member, random)
    }
    // Another user signs in on the same browser without a sign-out in between.
    name = next(name)
  } while (!isOver() && random.next() < 0.3)
  if (random.next() < 0.3) await endAll(member)
  else await signOut(member)
}

const paths = [['page', '/'], ['session', '/api/auth/session'], ['guarded API', '/api/me'], ['provider API', '/api/reports']] as const

type Step = (member: Member, random: Random) => Promise<unknown>

const steps: Step[] = [
  member => member.read('page', '/'),
  member => member.read('session', '/api/auth/session'),
  member => member.read('guarded API', '/api/me'),
  member => member.read('provider API', '/api/reports'),
  member => member.ask('list', '/api/sessions'),
  member => member.ask('wrong role', '/api/admin', { status: 403 }),
  update,
  inParallel,
  // Longer than the lifetime of some access tokens.
  async (member, random) => {
    await sleep(1500)
    await inParallel(member, random)
  },
]

async function update(member: Member, random: Random): Promise<void> {
  const note = `${member.name} ${random.between(0, 999_999)}`
  const answer = await member.post('update', '/api/auth/session', { data: note })
  for (const { text } of [answer, await member.read('session', '/api/auth/session')]) {
    if (!text.includes(note)) throw new Error(`the note ${note} is not in ${text.slice(0, 200)}`)
  }
}

async function inParallel(member: Member, random: Random): Promise<void> {
  await Promise.all(Array.from({ length: random.between(5, 10) }, (_, index) => {
    const [kind, path] = paths[index % paths.length]!
    return member.read(kind, path)
  }))
}

async function signOut(member: Member): Promise<void> {
  const copy = member.copy()
  await member.post('sign-out', '/api/auth/signout')
  if (member.jar.has(cookieName)) throw new Error('the cookie is there after the sign-out')
  await expectDead(member, copy)
}

/** Ends all sessions of this user: in this browser and in another. */
async function endAll(member: Member): Promise<void> {
  const copies = [member.copy()]
  await member.signIn(member.name, lifetimes[1])
  copies.push(member.copy())
  await member.ask('end all', '/api/sessions', { method: 'DELETE' })
  for (const copy of copies) await expectDead(member, copy)
}

async function expectDead(member: Member, cookie: string): Promise<void> {
  // Twice, because the other instance has to refuse it, too.
  for (let asked = 0; asked < 2; asked++) await member.ask('after the end', '/api/me', { status: 401, headers: { cookie } })
}
