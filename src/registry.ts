import { globSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './config.js'
import { type AnyProcess, faultsOf, machineOf } from './define/index.js'
import { collect, load, type Processes } from './engine/processes.js'

/**
 * Every process there is: each `workflows/<family>/<id>/process.js`, and beside it `process-v<n>.js` for the
 * versions that old cases are pinned to. Throws, with every fault, when a definition is not sound.
 */
export async function loadProcesses(): Promise<Processes> {
  const folder = path.join(root, 'dist', 'workflows')
  const files = globSync('*/*/process*.js', { cwd: folder }).sort()
  const definitions = await Promise.all(
    files.map(async (file) => [file, ((await import(pathToFileURL(path.join(folder, file)).href)) as { default: AnyProcess }).default] as const),
  )
  const faults = definitions.flatMap(([file, definition]) => [
    ...faultsOf(definition),
    ...(path.basename(path.dirname(file)) === definition.id ? [] : [`${file}: the id is ${definition.id}, the folder says otherwise`]),
  ])
  if (faults.length > 0) throw new Error(`the process definitions are not sound:\n${faults.join('\n')}`)
  return collect(definitions.map(([, definition]) => load(definition, machineOf(definition))))
}
