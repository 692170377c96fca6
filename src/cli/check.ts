import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../config.js'
import { rolesHeld, undecidable } from '../define/index.js'
import { demonstration } from '../organisation/demonstration.js'
import { loadProcesses } from '../registry.js'
import { changedUnderTheSameVersion, generated } from './generated.js'

/** Everything that a change must pass besides the tests, in order: one line each, what is wrong below it. */
const steps: readonly (readonly [name: string, run: () => string | Promise<string>])[] = [
  ['format and lint', () => tool('biome', 'check', '--error-on-warnings')],
  ['types', () => tool('tsc', '--noEmit')],
  ['import floors', () => tool('depcruise', 'dist/src', 'dist/workflows', '--config', '.dependency-cruiser.cjs')],
  ['dead code', () => tool('knip')],
  ['generated files', staleFiles],
  ['decidable states', undecidableStates],
  ['pinned definitions', async () => changedUnderTheSameVersion(await loadProcesses()).join('\n')],
]

/** In neither demonstration organisation may a state be one that nobody could ever decide. */
async function undecidableStates(): Promise<string> {
  const { current } = await loadProcesses()
  const faults = (['large', 'sme'] as const).flatMap((kind) => {
    const members = demonstration(kind).people.map(({ login, roles }) => ({ personId: login, roles: rolesHeld(roles) }))
    return [...current.values()].flatMap(({ definition }) => undecidable(definition, members).map((fault) => `${kind}: ${fault}`))
  })
  return faults.join('\n')
}
/** Runs a tool of ours. Output: nothing when it is content, else what it said. */
function tool(name: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(path.join(root, 'node_modules', '.bin', name), args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? '' : (error?.message ?? `${stdout}${stderr}`)
}
async function staleFiles(): Promise<string> {
  const stale = [...generated(await loadProcesses())].filter(([file, text]) => readOrNothing(file) !== text)
  return stale.map(([file]) => `${path.relative(root, file)} is stale: run "npm run schema" and look at the difference`).join('\n')
}
const readOrNothing = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

for (const [name, run] of steps) {
  const fault = await run()
  console.log(`${fault ? '✗' : '✓'} ${name}`)
  if (!fault) continue
  console.log(fault)
  process.exitCode = 1
}
