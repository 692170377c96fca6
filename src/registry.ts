import { globSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './config.js'
import { type AnyProcess, type FormClass, faultsOf, machineOf, specOf } from './define/index.js'
import { collect, load, type Processes } from './engine/processes.js'
import { typeNameOf } from './graphql/names.js'

/** Forms and processes share one space of names in the API: two papers, or a paper and a process, may not be called the same. */
function nameClashes(definitions: readonly AnyProcess[]): string[] {
  const taken = new Map<string, unknown>(definitions.map((definition) => [typeNameOf(definition), definition.id]))
  return definitions.flatMap(({ id, forms }) =>
    Object.values(forms as Record<string, FormClass>).flatMap((form) => {
      const { name } = specOf(form)
      const holder = taken.get(name)
      taken.set(name, holder ?? form)
      if (holder === undefined || holder === form) return []
      return [`${id}: the form ${name} has the name of another form or of a process; call its class ${name}Form, or what the paper is`]
    }),
  )
}

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
  faults.push(...nameClashes(definitions.map(([, definition]) => definition)))
  if (faults.length > 0) throw new Error(`the process definitions are not sound:\n${faults.join('\n')}`)
  return collect(definitions.map(([file, definition]) => load(definition, machineOf(definition), file.split(path.sep)[0])))
}
