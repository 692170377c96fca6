export interface Pump {
  /** Takes no new piece of work and waits for the one under way. */
  stop(): Promise<void>
}

/**
 * Does a piece of work again and again: at once while there is more to do, else after a pause.
 * The pause varies by half, so that servers on one database do not ask in step. `work` answers whether there was more than it took.
 */
export function pump(work: () => Promise<boolean>, { pauseMs, report }: { pauseMs: number; report: (error: unknown) => void }): Pump {
  let stopped = false
  let wake = () => {}
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs * (0.5 + Math.random()))
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const turns = (async () => {
    while (!stopped) {
      const more = await work().catch((error: unknown) => void report(error))
      if (!more && !stopped) await pause()
    }
  })()
  return {
    async stop() {
      stopped = true
      wake()
      await turns
    },
  }
}
