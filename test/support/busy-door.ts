import { writeSync } from 'node:fs'
import { doorOf } from '../../src/engine/door.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { poolOf } from '../../src/persistence/pool.js'
import { loadProcesses } from '../../src/registry.js'
import { driveCase } from './busy-cases.js'
import { testKeys } from './keys.js'

/** A server process without its front: drives claims without end until somebody kills it, and tells every answer on standard output. */
const tell = (line: object) => void writeSync(1, `${JSON.stringify(line)}\n`)
const report = (error: unknown) => void process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)

const processes = await loadProcesses()
const door = doorOf({ store: commandStoreOf(poolOf(process.env['BUSY_URL']!, report), processes, testKeys), processes, report })
let next = Number(process.env['BUSY_FROM'] ?? 0)
const worker = async () => {
  for (;;) await driveCase(door, next++, ({ key }, answer) => tell({ key, ...answer }))
}
await Promise.all(Array.from({ length: 8 }, worker)).catch((error: unknown) => {
  report(error)
  process.exit(1)
})
