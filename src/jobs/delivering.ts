import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { type Claimed, claimLanes, findHeads, type Head, type Settled, settleDeliveries } from '../persistence/deliveries.js'
import type { Channels } from './channels/channel.js'
import { judged, sendOne } from './sending.js'

/** Bounds of one worker. */
export interface DeliveringLimits {
  /** Lanes under way at once, and of these at one place: a slow receiver leaves room to the others. */
  readonly lanes: number
  readonly lanesPerPlace: number
  /** Deliveries taken on at once. */
  readonly rows: number
  /** How long a delivery is a worker's own. Nothing new is sent in the second half of it. */
  readonly leaseMs: number
  /** When one sending counts as failed, whatever the channel says later. */
  readonly sendMs: number
  readonly attempts: number
}
const standard: DeliveringLimits = { lanes: 50, lanesPerPlace: 25, rows: 200, leaseMs: 60_000, sendMs: 25_000, attempts: 12 }

/** Sends what waits: at least once each, lane by lane in order. A failure holds its lane and no other. */
export interface Deliverer {
  /** Settles what was sent, takes on more where there is room, and waits until something is done. Output: whether to go on at once. */
  turn(): Promise<boolean>
  /** Begins nothing new; waits for what is under way, at most so long, and settles it. The leases of the rest run out by themselves. */
  finish(ms: number): Promise<void>
}

/** `limits`: where they differ from the usual ones. */
export function delivererOf(pool: pg.Pool, channels: Channels, limits: Partial<DeliveringLimits> = {}): Deliverer {
  const bounds = { ...standard, ...limits }
  const busy = new Map<Promise<void>, string>()
  let done: Settled[] = []
  let behind = ''
  let finishing = false

  const settle = async (): Promise<boolean> => {
    const batch = done
    done = []
    await settleDeliveries(pool, batch).catch((error: unknown) => {
      // The leases still hold: it is settled with the next batch.
      done = [...batch, ...done]
      throw error
    })
    return batch.length > 0
  }
  const countAt = (place: string) => [...busy.values()].filter((one) => one === place).length
  const full = () => [...new Set(busy.values())].filter((place) => countAt(place) >= bounds.lanesPerPlace)

  const takeOn = async (): Promise<boolean> => {
    const room = bounds.lanes - busy.size
    if (room === 0) return true
    const { heads, next } = await findHeads(pool, behind, room, full())
    behind = next ?? ''
    const chosen = withinPlaces(heads, (place) => bounds.lanesPerPlace - countAt(place))
    if (chosen.length > 0) {
      const begun = performance.now()
      const perLane = Math.max(1, Math.floor(bounds.rows / chosen.length))
      const claimed = await claimLanes(
        pool,
        chosen.map(({ seq }) => seq),
        perLane,
        bounds.leaseMs,
      )
      for (const run of Map.groupBy(claimed, ({ lane }) => lane).values()) start(run, begun + bounds.leaseMs / 2)
    }
    return next !== null || chosen.length > 0
  }
  const start = (run: readonly Claimed[], until: number) => {
    const sending = sendRun(run, until).finally(() => busy.delete(sending))
    busy.set(sending, run[0]!.endpoint?.id ?? run[0]!.channel)
  }
  /** One lane: in order, up to the first that fails. */
  const sendRun = async (run: readonly Claimed[], until: number): Promise<void> => {
    for (const [index, delivery] of run.entries()) {
      const isOff = finishing || performance.now() > until
      const settled = isOff ? null : judged(delivery, await sendOne(channels, delivery, bounds.sendMs), bounds.attempts)
      if (settled) done.push(settled)
      if (settled?.status === 'SENT' || settled?.status === 'DROPPED') continue
      for (const { seq, attempts } of run.slice(settled ? index + 1 : index)) done.push({ seq, attempts, status: 'UNTRIED' })
      return
    }
  }
  return {
    async turn() {
      // Both at once: what is being settled is not yet seen as free, and found with the next look.
      const both = await Promise.allSettled([settle(), takeOn()])
      for (const one of both) if (one.status === 'rejected') throw one.reason
      if (busy.size > 0) await somethingDone([...busy.keys()], busy.size < bounds.lanes)
      return both.some((one) => one.status === 'fulfilled' && one.value) || busy.size > 0 || done.length > 0
    },
    async finish(ms) {
      finishing = true
      await Promise.race([Promise.all(busy.keys()), delay(ms, undefined, { ref: false })])
      await settle()
    },
  }
}

/** The heads in their order, no more at a place than it has room for. */
function withinPlaces(heads: readonly Head[], roomAt: (place: string) => number): Head[] {
  const taken = new Map<string, number>()
  return heads.filter(({ place }) => {
    const count = taken.get(place) ?? 0
    taken.set(place, count + 1)
    return count < roomAt(place)
  })
}

const gatherMs = 20
const lookAgainMs = 200
/** One is done, and shortly after it others: they are settled together. While there is room it is not waited for long. */
async function somethingDone(sending: readonly Promise<void>[], hasRoom: boolean): Promise<void> {
  await Promise.race([...sending, ...(hasRoom ? [delay(lookAgainMs)] : [])])
  await Promise.race([Promise.all(sending), delay(gatherMs)])
}
